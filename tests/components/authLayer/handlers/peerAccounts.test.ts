import { expect } from "chai";
import sinon from "sinon";
import { createPeerAccountReader } from "../../../../components/authLayer/handlers/peerAccounts";
import { named } from "../../../kit/authFakes";

describe("createPeerAccountReader", () => {
  it("reports an account as gone only if the pool does not have it", async () => {
    const send = sinon.stub();
    const read = createPeerAccountReader(() => ({ send }));
    const item = { region: "east", pool: "east_1", sub: "a" };
    for (const name of ["TimeoutError", "ResourceNotFoundException", "AccessDeniedException"]) {
      send.rejects(named(name));
      expect(await read(item), name).to.equal(undefined);
    }
    send.rejects(named("UserNotFoundException"));
    expect(await read(item)).to.equal("gone");
    send.resolves({
      UserAttributes: [{ Name: "email", Value: "a@b.example" }],
      UserMFASettingList: ["SOFTWARE_TOKEN_MFA"],
    });
    expect(await read(item)).to.deep.equal({ email: "a@b.example", secondFactor: true });
    expect(send.lastCall.args[0].input).to.deep.equal({ UserPoolId: "east_1", Username: "a" });
    send.resetHistory();
    expect(await read({ region: "east", sub: "a" })).to.equal(undefined);
    sinon.assert.notCalled(send);
  });
});

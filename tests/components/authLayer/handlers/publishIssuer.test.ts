import { expect } from "chai";
import sinon from "sinon";
import { createAuthorizer } from "../../../../components/authLayer/handlers/authorize";
import { createIssuerRegistry, readIssuersFrom } from "../../../../components/authLayer/handlers/issuerRegistry";
import { publishIssuer, retryPatiently } from "../../../../components/authLayer/handlers/publishIssuer";
import { outgoing } from "../../../../components/runtime/outgoing";
import { signInPath } from "../../../../domain/auth";
import { FakeTable, rejection } from "../../../kit/authFakes";
import { EAST, keyPair, request, token, WEST } from "../../../kit/poolTokens";

describe("publishIssuer", () => {
  const settings = { ...EAST, region: "us-east-1", path: signInPath("us-east-1") };
  let table: FakeTable;

  beforeEach(() => {
    table = new FakeTable(["subject", "entry"]);
  });

  afterEach(() => sinon.restore());

  const publish = () =>
    publishIssuer({ client: table.client, tableName: "regions", region: "us-east-1", settings, trusted: EAST });

  it("writes one item of its own Region, by which the peer Region verifies tokens", async () => {
    const keys = await keyPair("east");
    sinon.stub(outgoing, "fetch").callsFake(async () => Response.json({ keys: [keys.jwk] }));
    await publish();
    await publish();
    expect([...table.items.keys()]).to.deep.equal(["us-east-1|issuer"]);
    expect([...table.items.values()][0]).to.deep.include({ settings, trusted: EAST, schema: 1 });
    sinon.restore();

    const log = { info: sinon.fake(), warn: sinon.fake() };
    const authorize = createAuthorizer(WEST, log, createIssuerRegistry(readIssuersFrom(table.client, "regions"), log));
    expect(await authorize(request(await token(EAST, keys)))).to.have.property("isAuthorized", true);
  });

  it("refuses an empty set of keys", async () => {
    for (const answer of [{ keys: [] }, {}, []]) {
      sinon.stub(outgoing, "fetch").callsFake(async () => Response.json(answer));
      expect((await rejection(publish())).message).to.match(/no keys/);
      sinon.restore();
    }
    expect(table.items.size).to.equal(0);
  });

  it("retries a limited number of times while a new role is not effective", async () => {
    const action = sinon.stub().rejects(new Error("AccessDenied"));
    action.onCall(2).resolves();
    await retryPatiently(action, 5, 1);
    expect(action.callCount).to.equal(3);
    action.reset();
    action.rejects(new Error("AccessDenied"));
    expect((await rejection(retryPatiently(action, 5, 1))).message).to.equal("AccessDenied");
    expect(action.callCount).to.equal(5);
  });

  it("waits for a new role for more than 10 and less than 35 seconds, whatever the jitter", async () => {
    const clock = sinon.useFakeTimers();
    const random = sinon.stub(Math, "random");
    const waitedWith = async (jitter: number) => {
      random.returns(jitter);
      const start = clock.now;
      const failure = rejection(retryPatiently(() => Promise.reject(new Error("AccessDenied"))));
      await clock.runAllAsync();
      expect((await failure).message).to.equal("AccessDenied");
      return (clock.now - start) / 1000;
    };
    expect(await waitedWith(0)).to.be.greaterThan(10);
    expect(await waitedWith(0.999)).to.be.lessThan(35);
  });
});

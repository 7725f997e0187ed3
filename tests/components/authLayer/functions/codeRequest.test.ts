import { expect } from "chai";
import { mail, register } from "../../../kit/authLayerStand";

describe("The function that takes requests for codes", () => {
  it("lets the public function invoke the mailer and nothing else", async () => {
    const { granted, named } = await register({ mail });
    expect(granted("auth-code")).to.deep.equal([
      { Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: ["arn:auth-mailer-function"] },
    ]);
    expect(named("FunctionEventInvokeConfig", "auth-mailer-calls")).to.include({ maximumRetryAttempts: 0 });
  });
});

import { expect } from "chai";
import { KEY, register } from "../../../kit/regionalFailoverStand";

describe("The API of health routes", function () {
  this.timeout(120_000);
  type Registered = Awaited<ReturnType<typeof register>>;
  let made: Registered;
  before(async () => {
    made = await register("us-east-1");
  });

  it("reserves concurrency for the function behind the health routes", () => {
    expect(made.named("Function", "failover-checks-function")["reservedConcurrentExecutions"]).to.equal(10);
    expect(made.named("Function", "failover-answers-function")).to.not.have.property("reservedConcurrentExecutions");
  });

  it("keeps the check key out of logs and resource names", () => {
    const formats = made
      .of("Stage")
      .map(({ inputs }) => (inputs["accessLogSettings"] as { format: string }).format)
      .filter((format) => /routeKey|path/i.test(format));
    expect(formats).to.have.length(1);
    expect(made.names().filter((name) => name.includes(KEY))).to.deep.equal([]);
  });

  it("allows the health function to read that table and invoke the services' checks", () => {
    const calls = made.statements("checks").filter(({ Action }) => [Action].flat().includes("lambda:InvokeFunction"));
    expect(calls.flatMap(({ Resource }) => Resource)).to.deep.equal([
      "arn:aws:lambda:us-east-1:123456789012:function:orders-check",
    ]);
  });
});

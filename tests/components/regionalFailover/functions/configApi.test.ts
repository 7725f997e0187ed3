import { expect } from "chai";
import { type Inputs, KEY, register } from "../../../kit/regionalFailoverStand";

describe("The API of the configuration", function () {
  this.timeout(120_000);
  type Registered = Awaited<ReturnType<typeof register>>;
  let made: Registered;
  before(async () => {
    made = await register("us-east-1");
  });

  it("lets pages of other origins read the configuration, and no health route", async () => {
    const cors = { allowOrigins: ["https://shop.example.com"] };
    const apis = (await register("us-east-1", { cors })).of("Api");
    expect(
      apis.map(({ name, inputs }) => [name, (inputs["corsConfiguration"] as Inputs | undefined)?.["allowOrigins"]]),
    ).to.have.deep.members([
      ["failover-api", ["https://shop.example.com"]],
      ["failover-checks-api", undefined],
    ]);
  });

  it("serves configuration publicly, and health and drains under the check key by a separate API and function", () => {
    const routes = made
      .of("Route")
      .map(({ inputs }) => [inputs["apiId"], inputs["routeKey"], inputs["authorizationType"]]);
    expect(routes).to.have.deep.members([
      ["failover-api-id", "GET /api/config", "NONE"],
      ["failover-api-id", "$default", "NONE"],
      ["failover-checks-api-id", `GET /${KEY}/regions/health`, "NONE"],
      ["failover-checks-api-id", `GET /${KEY}/regions/{region}/drained`, "NONE"],
    ]);
    const targets = Object.fromEntries(
      made.of("Integration").map(({ inputs }) => [inputs["apiId"], String(inputs["integrationUri"]).split(":").pop()]),
    );
    expect(targets).to.deep.equal({
      "failover-api-id": "failover-answers-function",
      "failover-checks-api-id": "failover-checks-function",
    });
  });

  it("allows the public function to read only the table of Regions", () => {
    const actions = made.statements("answers").flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.startsWith("dynamodb:"))).to.deep.equal(["dynamodb:Query"]);
    expect(actions.filter((action) => /^(lambda|states|kms|ssm):/.test(action))).to.deep.equal([]);
  });
});

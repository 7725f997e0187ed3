import { expect } from "chai";
import { register, registerPlain } from "../../../kit/searchServiceStand";

describe("The stock that search shows", function () {
  this.timeout(120_000);

  it("reads the stock of counted products, and its stream, only if there is any", async () => {
    const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/stock";
    const { of, resources } = await register({
      stock: { name: "stock", arn, streamArn: `${arn}/stream/1` },
      fewLeft: 3,
    });
    const statements = (name: string): { Action: string[]; Resource: unknown }[] =>
      JSON.parse(String(resources.find((resource) => resource.name === `catalogue-${name}-grants`)!.inputs["policy"]))
        .Statement;
    for (const name of ["read", "indexer", "rebuilder"])
      expect(statements(name)).to.deep.include({ Effect: "Allow", Action: ["dynamodb:Query"], Resource: [arn] });
    for (const name of ["search", "write"]) expect(JSON.stringify(statements(name))).not.to.include(arn);
    const settings = of("Function").find(({ name }) => name === "catalogue-read-function")!.inputs["environment"];
    expect(settings).to.have.nested.include({ "variables.STOCK_TABLE": "stock", "variables.FEW_LEFT": "3" });
    const stream = of("EventSourceMapping").find(({ name }) => name === "catalogue-stock-indexer")!.inputs;
    expect(stream).to.include({ eventSourceArn: `${arn}/stream/1`, maximumRetryAttempts: -1 });
    expect(JSON.stringify((await registerPlain()).resources)).not.to.include("STOCK_TABLE");
  });
});

import { expect } from "chai";
import { createStockReader } from "../../../../components/searchService/handlers/environment";

describe("createStockReader", () => {
  const SETTINGS = { STOCK_TABLE: "stock", FEW_LEFT: "5", AWS_REGION: "us-east-1" };
  const earlier = { ...process.env };
  afterEach(() => {
    for (const name of Object.keys(SETTINGS)) {
      if (earlier[name] === undefined) delete process.env[name];
      else process.env[name] = earlier[name];
    }
  });

  it("reads the stock that the store shows, and none in a store without", () => {
    Object.assign(process.env, SETTINGS);
    expect(createStockReader()?.fewLeft).to.equal(5);
    delete process.env["STOCK_TABLE"];
    expect(createStockReader()).to.equal(undefined);
  });
});

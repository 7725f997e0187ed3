import { expect } from "chai";
import { callFunction, requestTo, summaryOf } from "../../../kit/calledFunction";
import { registerPlain } from "../../../kit/searchServiceStand";

describe("The function through which merchandisers change the catalogue", function () {
  this.timeout(180_000);
  const groups = "merchandisers";
  const call = async (...request: Parameters<typeof requestTo>) => {
    const { of } = await registerPlain();
    const found = of("Function").find(({ name }) => name === "catalogue-write-function");
    return callFunction(found!.inputs, requestTo(...request));
  };

  it("reads the rules of searches, and changes products", async () => {
    const rules = await call("GET /api/catalogue/rules", { groups });
    expect(summaryOf(rules)).to.deep.equal([200, { pins: [], boosts: [], hidden: [], synonyms: [], version: 0 }]);
    const product = "PUT /api/catalogue/products/{productId}";
    const changed = await call(product, { groups, productId: "kettle-1", body: {} });
    expect([changed.result?.statusCode, changed.calls]).to.deep.equal([422, []]);
    const deleted = await call(product.replace("PUT", "DELETE"), { groups, productId: "kettle-1" });
    expect(summaryOf(deleted)).to.deep.equal([404, "Product not found"]);
  });
});

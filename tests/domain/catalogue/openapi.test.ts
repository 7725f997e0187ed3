import { expect } from "chai";
import { catalogueApi } from "../../../domain/catalogue/openapi";
import { compileOperation } from "../../../domain/http/compileOperation";

describe("catalogueApi", () => {
  it("can be compiled to a check for each operation", () => {
    const operations = Object.values(catalogueApi.paths).flatMap((methods) => Object.values(methods));
    expect(operations.map(({ operationId }) => operationId)).to.have.members([
      "searchProducts",
      "suggestProducts",
      "getProduct",
      "putProduct",
      "deleteProduct",
      "getSearchRules",
      "putSearchRules",
      "catalogueHealth",
      "catalogueDocument",
    ]);
    for (const { operationId } of operations)
      expect(compileOperation(catalogueApi, operationId).checkParameters).to.be.a("function");
  });
});

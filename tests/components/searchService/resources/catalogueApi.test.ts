import { expect } from "chai";
import { registerPlain } from "../../../kit/searchServiceStand";

describe("createCatalogueApi", function () {
  this.timeout(120_000);

  it("serves search without a token, and requires one to change products", async () => {
    const { of } = await registerPlain();
    const authorization = Object.fromEntries(
      of("Route").map(({ inputs }) => [inputs["routeKey"], inputs["authorizationType"]]),
    );
    expect(authorization).to.deep.equal({
      "GET /api/catalogue/search": "NONE",
      "GET /api/catalogue/suggest": "NONE",
      "GET /api/catalogue/health": "NONE",
      "GET /api/catalogue/openapi.json": "NONE",
      $default: "NONE",
      "GET /api/catalogue/products/{productId}": "NONE",
      "PUT /api/catalogue/products/{productId}": "CUSTOM",
      "DELETE /api/catalogue/products/{productId}": "CUSTOM",
      "GET /api/catalogue/rules": "CUSTOM",
      "PUT /api/catalogue/rules": "CUSTOM",
    });
  });
});

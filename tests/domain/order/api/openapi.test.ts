import Ajv2020 from "ajv/dist/2020";
import { expect } from "chai";
import { orderApi } from "../../../../domain/order/api/openapi";

describe("the order API's document", () => {
  it("has valid schemas and unique operation ids", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(orderApi, "document");
    for (const name of Object.keys(orderApi.components.schemas)) {
      expect(() => ajv.compile({ $ref: `document#/components/schemas/${name}` }), name).to.not.throw();
    }
    const ids = Object.values(orderApi.paths).flatMap((methods) =>
      Object.values(methods as Record<string, { operationId: string }>).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).to.equal(ids.length);
  });
});

import { expect } from "chai";
import { findOperation, type OpenApiDocument, resolveParameter } from "../../../domain/http";

const id = { name: "id", in: "path", required: true, schema: { type: "string" } } as const;
const get = { operationId: "getThing", parameters: [{ $ref: "#/components/parameters/id" }], responses: {} };
const document: OpenApiDocument = {
  openapi: "3.1.0",
  info: { title: "Things", version: "1" },
  paths: { "/things": { post: { operationId: "addThing", responses: {} } }, "/things/{id}": { get } },
  components: { parameters: { id } },
};

describe("findOperation", () => {
  it("finds an operation with its path and method", () => {
    expect(findOperation(document, "getThing")).to.deep.equal({ path: "/things/{id}", method: "get", operation: get });
  });

  it("refuses an unknown id", () => {
    expect(() => findOperation(document, "nothing")).to.throw('The document "Things" has no operation "nothing".');
  });
});

describe("resolveParameter", () => {
  it("follows a reference, and returns a written-out parameter as it is", () => {
    expect(resolveParameter(document, { $ref: "#/components/parameters/id" })).to.equal(id);
    expect(resolveParameter(document, id)).to.equal(id);
  });

  it("refuses a reference to a missing parameter", () => {
    expect(() => resolveParameter(document, { $ref: "#/components/parameters/other" })).to.throw(
      'The document "Things" has no parameter "other".',
    );
  });
});

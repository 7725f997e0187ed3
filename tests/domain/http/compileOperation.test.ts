import { expect } from "chai";
import { type CompiledOperation, compileOperation, once } from "../../../domain/http/compileOperation";
import type { OpenApiDocument } from "../../../domain/http/openapi";
import type { OperationChecks } from "../../../domain/http/validator";

const thing = { type: "object", required: ["size"], properties: { size: { type: "number" } } };
const document = {
  openapi: "3.1.0",
  info: { title: "Things", version: "1" },
  paths: {
    "/api/things/{thingId}": {
      put: {
        operationId: "putThing",
        parameters: [
          { name: "thingId", in: "path", required: true, schema: { type: "string", pattern: "^[a-z]+$" } },
          { name: "limit", in: "query", schema: { $ref: "#/components/schemas/Limit" } },
        ],
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } },
        responses: {},
      },
      get: { operationId: "getThings", responses: {} },
    },
  },
  components: { schemas: { Limit: { type: "integer", minimum: 1 }, Thing: thing } },
} as const satisfies OpenApiDocument;

/** Evaluates the code that a bundle has instead of the compiler. */
const generated = (operation: CompiledOperation): OperationChecks =>
  new Function("require", `return ${operation.toSource()}`)(require);

describe("compileOperation", () => {
  const compiled = compileOperation(document, "putThing");
  for (const [form, operation] of [
    ["compiled", compiled],
    ["generated", generated(compiled)],
  ] as const) {
    it(`checks parameters and body by their schemas, ${form}`, () => {
      expect(operation.parameters).to.deep.equal([
        { name: "thingId", in: "path" },
        { name: "limit", in: "query" },
      ]);
      const parameters = { thingId: "abc", limit: "3" };
      expect(operation.checkParameters(parameters)).to.equal(true);
      expect(parameters.limit).to.equal(3);
      expect(operation.checkParameters({ limit: "0" })).to.equal(false);
      expect(operation.checkParameters.errors).to.have.length(2);
      expect(operation.checkBody!({ size: 9 })).to.equal(true);
      for (const body of [{ size: "9" }, { size: Number.POSITIVE_INFINITY }, {}])
        expect(operation.checkBody!(body), JSON.stringify(body)).to.equal(false);
    });
  }

  it("has no check of a body that the operation does not take", () => {
    const operation = compileOperation(document, "getThings");
    expect(operation.checkBody).to.equal(undefined);
    expect(generated(operation)).to.not.have.property("checkBody");
  });
});

describe("once", () => {
  it("computes at first use only, `undefined` too", () => {
    let computed = 0;
    const get = once(() => void computed++);
    expect([computed, get(), get(), computed]).to.deep.equal([0, undefined, undefined, 1]);
  });
});

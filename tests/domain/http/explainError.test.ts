import Ajv from "ajv/dist/2020";
import { expect } from "chai";
import { explainError, isOwnError } from "../../../domain/http/explainError";
import { line } from "../../../domain/text";

/** Explanations of a value's errors, without the repetitions of `propertyNames`. */
function explained(schema: object, value: unknown): string[] {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false });
  const validate = ajv.compile(schema);
  validate(value);
  return (validate.errors ?? []).filter(isOwnError).map((error) => explainError({ ...error, schema: error.schema }));
}

describe("explainError", () => {
  it("names missing and surplus members", () => {
    const schema = { type: "object", required: ["name"], properties: { name: {} }, additionalProperties: false };
    expect(explained(schema, { colour: "red" })).to.have.members(['must have "name"', 'must not have "colour"']);
  });

  it("lists a few allowed values, and gives examples of many", () => {
    expect(explained({ enum: ["red", "blue"] }, "green")).to.deep.equal(["must be one of red, blue"]);
    const many = Array.from({ length: 21 }, (_, index) => `v${index}`);
    expect(explained({ enum: many }, "green")).to.deep.equal([
      "must be one of the 21 values that the API's document lists, such as v0, v1, v2",
    ]);
  });

  it("names the only allowed value", () => {
    expect(explained({ const: "EUR" }, "USD")).to.deep.equal(['must be "EUR"']);
  });

  it("names an unusable member name once", () => {
    const schema = { type: "object", propertyNames: { pattern: "^[a-z]+$" } };
    expect(explained(schema, { A1: 1 })).to.deep.equal(['has an unusable name "A1"']);
  });

  it("describes what a value must not be", () => {
    expect(explained({ not: { type: "number", description: "a number" } }, 1)).to.deep.equal(["must not be a number"]);
  });

  it("explains the pattern of a text in words", () => {
    expect(explained(line(10), "\n")[0]).to.match(/^must be one line with a visible character/);
  });

  it("uses the validator's words for the rest", () => {
    expect(explained({ maxLength: 2 }, "abc")).to.deep.equal(["must NOT have more than 2 characters"]);
  });
});

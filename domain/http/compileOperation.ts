import Ajv2020, { type ValidateFunction } from "ajv/dist/2020";
import standaloneCode from "ajv/dist/standalone";
import addFormats from "ajv-formats";
import { findOperation, type OpenApiDocument, type Parameter, resolveParameter } from "./openapi";
import type { OperationChecks } from "./validator";

/**
 * Compiles the checks of an operation's request, at first use. Belongs into a file `NAME.compiled.ts`, whose exports a bundle has as
 * generated code: neither AJV nor compiling is in the function.
 *
 * @throws for an operation that the document does not have.
 *
 * @example
 * const placeOrder = compileOperation(orderApi, "placeOrder");
 */
export function compileOperation(document: OpenApiDocument, operationId: string): CompiledOperation {
  const { path, method, operation } = findOperation(document, operationId);
  const parameters = (operation.parameters ?? []).map((parameter) => resolveParameter(document, parameter));
  const forParameters = once(() => compileParameters(document, parameters));
  const forBody = once(() => compileBody(document, path, method));
  const places = parameters.map(({ name, in: place }) => ({ name, in: place }));
  return {
    parameters: places,
    get checkParameters() {
      return forParameters().check;
    },
    get checkBody() {
      return operation.requestBody && forBody().check;
    },
    toSource: () =>
      `{ parameters: ${JSON.stringify(places)}, checkParameters: ${sourceOf(forParameters())}${
        operation.requestBody ? `, checkBody: ${sourceOf(forBody())}` : ""
      } }`,
  };
}

/** Checks that can be written down as code. */
export interface CompiledOperation extends OperationChecks {
  /** Expression that makes the same checks without AJV. */
  toSource(): string;
}

/** A check, and the compiler that knows what its code refers to. */
export interface Compiled {
  ajv: Ajv2020;
  check: ValidateFunction;
}

/** Expression of a compiled check. Its variables have their own scope: each compiler numbers them from 0. */
export const sourceOf = ({ ajv, check }: Compiled): string =>
  `/* @__PURE__ */ (() => { const module = { exports: {} };\n${standaloneCode(ajv, check)}\nreturn module.exports; })()`;

function compileParameters(document: OpenApiDocument, parameters: Parameter[]): Compiled {
  const compiler = ajv(document, { coerceTypes: "array" });
  const check = compiler.compile({
    type: "object",
    required: parameters.filter((p) => p.required).map((p) => p.name),
    properties: Object.fromEntries(parameters.map((p) => [p.name, anchored(p.schema)])),
  });
  return { ajv: compiler, check };
}

function compileBody(document: OpenApiDocument, path: string, method: string): Compiled {
  const pointer = ["paths", path, method, "requestBody", "content", "application/json", "schema"];
  const reference = `${ID}#/${pointer.map((part) => encodeURIComponent(part.replace(/~/g, "~0").replace(/\//g, "~1"))).join("/")}`;
  const compiler = ajv(document, {});
  return { ajv: compiler, check: compiler.compile({ $ref: reference }) };
}

const ID = "openapi.json";

/** Makes the references of a schema absolute, so that they resolve outside the document. */
function anchored(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll(`"$ref":"#/`, `"$ref":"${ID}#/`));
}

function ajv(document: OpenApiDocument, options: { coerceTypes?: "array" }): Ajv2020 {
  const instance = new Ajv2020({
    // The document as a whole is not a schema; a test checks its schemas against the OpenAPI 3.1 rules.
    strict: false,
    // Refuses 1e999, which JSON.parse turns into Infinity.
    strictNumbers: true,
    validateSchema: false,
    // Errors include their schema, which `explainError` reads.
    verbose: true,
    // Callers get all violations at once; the body limit bounds their number.
    allErrors: true,
    code: { source: true },
    ...options,
  });
  addFormats(instance);
  return instance.addSchema(document, ID);
}

/** Computes a value at first use: compiling takes longer than loading a whole program. */
export function once<T>(compute: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: compute() };
    return made.value;
  };
}

import Ajv2020, { type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { normalizeTexts } from "../text";
import { explainError, isOwnError } from "./explainError";
import { findOperation, type OpenApiDocument, type Parameter, resolveParameter } from "./openapi";
import { problem, type Violation } from "./problem";

/** Largest request body in bytes. An order of 50 lines with an encrypted card is below 12 KiB. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/** A valid request, its parameters converted to the document's types. */
export interface ValidRequest<Body, Parameters> {
  ok: true;
  body: Body;
  /** Query, path and header parameters by their names in the document. */
  parameters: Parameters;
}

/** Part of API Gateway's payload 2.0 that is checked. */
export type RequestEvent = Pick<
  APIGatewayProxyEventV2,
  "body" | "isBase64Encoded" | "headers" | "rawQueryString" | "pathParameters"
>;

/**
 * Creates a check of requests against one operation of a service's OpenAPI document, the one that callers read. It compiles
 * the schemas, so create it in the callback factory, not in the callback.
 *
 * Texts are trimmed and composed (NFC) before they are checked, so that the stored text is the checked one.
 *
 * Refuses a body over 64 KiB with 413, a content type other than JSON with 415, invalid UTF-8 or JSON with 400, and
 * violations of the schema with 422 and their list.
 *
 * @example
 * const check = validator<OrderRequest, { "Idempotency-Key": string }>(orderApi, "placeOrder");
 * const request = check(event);
 * if (!request.ok) return request.response;
 */
export function validator<Body = undefined, Parameters = Record<string, never>>(
  document: OpenApiDocument,
  operationId: string,
): (
  event: RequestEvent,
) => ValidRequest<Body, Parameters> | { ok: false; response: APIGatewayProxyStructuredResultV2 } {
  const { path, method, operation } = findOperation(document, operationId);
  const parameters = (operation.parameters ?? []).map((parameter) => resolveParameter(document, parameter));
  const checkParameters = compileParameters(document, parameters);
  const checkBody = operation.requestBody && compileBody(document, path, method);

  return (event) => {
    const values = readParameters(event, parameters);
    const violations = checkParameters(values) ? [] : parameterViolations(checkParameters, parameters);
    if (!checkBody) return violations.length ? refuse(violations) : accept(undefined, values);

    const body = readBody(event);
    if ("refused" in body) return { ok: false, response: body.refused };
    if (!checkBody(body.json)) violations.push(...bodyViolations(checkBody));
    return violations.length ? refuse(violations) : accept(body.json, values);
  };

  function accept(body: unknown, values: unknown): ValidRequest<Body, Parameters> {
    // The schema has checked these types.
    return { ok: true, body: body as Body, parameters: values as Parameters };
  }
}

function refuse(violations: Violation[]): { ok: false; response: APIGatewayProxyStructuredResultV2 } {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more, see "errors")` : "";
  return {
    ok: false,
    response: problem(422, {
      title: "Request not valid",
      detail: `${first?.pointer.replace(/^#\//, "")} ${first?.detail}${more}.`,
      errors: violations,
    }),
  };
}

function readBody(event: RequestEvent): { json: unknown } | { refused: APIGatewayProxyStructuredResultV2 } {
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > BODY_LIMIT_BYTES) {
    const detail = `The body has ${bytes.length} bytes; at most ${BODY_LIMIT_BYTES} are read. Send less.`;
    return { refused: problem(413, { title: "Body too large", detail }) };
  }
  const contentType = event.headers["content-type"] ?? "";
  if (!/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(contentType)) {
    const detail = `The body must be JSON: send the header "content-type: application/json".`;
    return { refused: problem(415, { title: "Body must be JSON", detail }) };
  }
  const text = event.isBase64Encoded ? decodeUtf8(bytes) : event.body;
  if (text === undefined && event.isBase64Encoded) return { refused: notUtf8() };
  // API Gateway passes JSON as text, with U+FFFD in place of invalid UTF-8. A U+FFFD that the caller sent stands for bytes
  // lost earlier, so the text is damaged in both cases.
  if (!event.isBase64Encoded && text?.includes("\uFFFD")) return { refused: notUtf8() };
  try {
    return { json: normalizeTexts(JSON.parse(text ?? "")) };
  } catch {
    const detail = "The body is not valid JSON. Check quotes, commas and brackets.";
    return { refused: problem(400, { title: "Body not valid JSON", detail }) };
  }
}

/** Decodes UTF-8; `undefined` for invalid bytes. A byte order mark stays, and is then refused as invalid JSON. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function notUtf8(): APIGatewayProxyStructuredResultV2 {
  const detail = "The body has bytes that are not valid UTF-8, or U+FFFD in their place. Encode it as UTF-8.";
  return problem(400, { title: "Body not valid UTF-8", detail });
}

/** Reads the parameters. API Gateway delivers header names in lower case; a repeated query parameter becomes a list. */
function readParameters(event: RequestEvent, parameters: Parameter[]): Record<string, unknown> {
  const query = new URLSearchParams(event.rawQueryString);
  const values: Record<string, unknown> = {};
  for (const { name, in: place } of parameters) {
    const all = place === "query" ? query.getAll(name) : [];
    const value =
      place === "query"
        ? all.length > 1
          ? all
          : all[0]
        : place === "path"
          ? event.pathParameters?.[name]
          : event.headers[name.toLowerCase()];
    if (value !== undefined) values[name] = value;
  }
  normalizeTexts(values);
  return values;
}

function compileParameters(document: OpenApiDocument, parameters: Parameter[]): ValidateFunction {
  return ajv(document, { coerceTypes: "array" }).compile({
    type: "object",
    required: parameters.filter((p) => p.required).map((p) => p.name),
    properties: Object.fromEntries(parameters.map((p) => [p.name, anchored(p.schema)])),
  });
}

function compileBody(document: OpenApiDocument, path: string, method: string): ValidateFunction {
  const pointer = ["paths", path, method, "requestBody", "content", "application/json", "schema"];
  const reference = `${ID}#/${pointer.map((part) => encodeURIComponent(part.replace(/~/g, "~0").replace(/\//g, "~1"))).join("/")}`;
  return ajv(document, {}).compile({ $ref: reference });
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
    ...options,
  });
  addFormats(instance);
  return instance.addSchema(document, ID);
}

const bodyViolations = (check: ValidateFunction): Violation[] =>
  (check.errors ?? [])
    .filter(isOwnError)
    .slice(0, 20)
    .map((error) => ({ pointer: `#${error.instancePath || "/"}`, detail: explainError(error) }));

function parameterViolations(check: ValidateFunction, parameters: Parameter[]): Violation[] {
  return (check.errors ?? []).slice(0, 20).map((error) => {
    const missing = error.keyword === "required" ? String(error.params["missingProperty"]) : undefined;
    const name = missing ?? error.instancePath.split("/")[1] ?? "";
    const place = parameters.find((parameter) => parameter.name === name)?.in ?? "query";
    return { pointer: `${place}/${name}`, detail: missing ? "is missing" : explainError(error) };
  });
}

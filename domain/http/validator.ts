import type { ValidateFunction } from "ajv";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { normalizeTexts } from "../text";
import { explainError, isOwnError } from "./explainError";
import type { Parameter } from "./openapi";
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

/** Checks of an operation's request, as `compileOperation` makes them. */
export interface OperationChecks {
  readonly parameters: readonly Pick<Parameter, "name" | "in">[];
  readonly checkParameters: ValidateFunction;
  /** Absent for an operation without a body. */
  readonly checkBody?: ValidateFunction | undefined;
}

/**
 * Creates a check of requests against one operation of a service's OpenAPI document, the one that callers read.
 *
 * Texts are trimmed and composed (NFC) before they are checked, so that the stored text is the checked one.
 *
 * Refuses a body over 64 KiB with 413, a content type other than JSON with 415, invalid UTF-8 or JSON with 400, and
 * violations of the schema with 422 and their list.
 *
 * @param checks an export of a `NAME.compiled.ts` file.
 *
 * @example
 * const check = validator<OrderRequest, { "Idempotency-Key": string }>(operations.placeOrder);
 * const request = check(event);
 * if (!request.ok) return request.response;
 */
export function validator<Body = undefined, Parameters = Record<string, never>>(
  checks: OperationChecks,
): (
  event: RequestEvent,
) => ValidRequest<Body, Parameters> | { ok: false; response: APIGatewayProxyStructuredResultV2 } {
  const { parameters } = checks;

  return (event) => {
    const { checkParameters, checkBody } = checks;
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
function readParameters(event: RequestEvent, parameters: OperationChecks["parameters"]): Record<string, unknown> {
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

const bodyViolations = (check: ValidateFunction): Violation[] =>
  (check.errors ?? [])
    .filter(isOwnError)
    .slice(0, 20)
    .map((error) => ({ pointer: `#${error.instancePath || "/"}`, detail: explainError(error) }));

function parameterViolations(check: ValidateFunction, parameters: OperationChecks["parameters"]): Violation[] {
  return (check.errors ?? []).slice(0, 20).map((error) => {
    const missing = error.keyword === "required" ? String(error.params["missingProperty"]) : undefined;
    const name = missing ?? error.instancePath.split("/")[1] ?? "";
    const place = parameters.find((parameter) => parameter.name === name)?.in ?? "query";
    return { pointer: `${place}/${name}`, detail: missing ? "is missing" : explainError(error) };
  });
}

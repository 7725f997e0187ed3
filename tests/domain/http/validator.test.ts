import { expect } from "chai";
import { BODY_LIMIT_BYTES, type OpenApiDocument, type RequestEvent, validator } from "../../../domain/http";
import { compileOperation } from "../../../domain/http/compileOperation";

const document = {
  openapi: "3.1.0",
  info: { title: "Things", version: "1" },
  paths: {
    "/api/things/{thingId}": {
      put: {
        operationId: "putThing",
        parameters: [
          { name: "thingId", in: "path", required: true, schema: { type: "string", pattern: "^[a-z]+$" } },
          { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 10 } },
          { name: "color", in: "query", schema: { type: "array", items: { $ref: "#/components/schemas/Color" } } },
          { $ref: "#/components/parameters/Key" },
        ],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } },
        },
        responses: {},
      },
    },
  },
  components: {
    parameters: { Key: { name: "Idempotency-Key", in: "header", required: true, schema: { type: "string" } } },
    schemas: {
      Color: { enum: ["red", "blue"] },
      Thing: {
        type: "object",
        required: ["lines"],
        additionalProperties: false,
        properties: {
          lines: {
            type: "array",
            items: { type: "object", properties: { quantity: { type: "integer", minimum: 1 } } },
          },
          email: { type: "string", format: "email" },
          weight: { type: "number" },
        },
      },
    },
  },
} as const satisfies OpenApiDocument;

const check = validator<{ lines: { quantity: number }[] }, { thingId: string; limit?: number; color?: string[] }>(
  compileOperation(document, "putThing"),
);

const request = (change: Partial<RequestEvent> = {}): RequestEvent => ({
  body: JSON.stringify({ lines: [{ quantity: 1 }] }),
  isBase64Encoded: false,
  headers: { "content-type": "application/json", "idempotency-key": "k" },
  rawQueryString: "",
  pathParameters: { thingId: "abc" },
  ...change,
});

describe("validator", () => {
  it("accepts a request, with its parameters in the document's types", () => {
    const result = check(request({ rawQueryString: "limit=5&color=red&color=blue" }));
    expect(result).to.deep.equal({
      ok: true,
      body: { lines: [{ quantity: 1 }] },
      parameters: { thingId: "abc", limit: 5, color: ["red", "blue"], "Idempotency-Key": "k" },
    });
  });

  it("accepts one value for a list", () => {
    const result = check(request({ rawQueryString: "color=red" }));
    expect(result).to.have.nested.property("parameters.color").that.deep.equals(["red"]);
  });

  it("reads a base64-encoded body", () => {
    const body = Buffer.from(JSON.stringify({ lines: [] })).toString("base64");
    expect(check(request({ body, isBase64Encoded: true })).ok).to.equal(true);
  });

  const refusals: [string, Partial<RequestEvent>, number, RegExp][] = [
    ["invalid JSON", { body: "{" }, 400, /not valid JSON/],
    ["another content type", { headers: { "content-type": "text/plain" } }, 415, /content-type/],
    [
      "Latin-1",
      { body: Buffer.from('{"lines":[],"note":"Caf\xe9"}', "latin1").toString("base64"), isBase64Encoded: true },
      400,
      /not valid UTF-8/,
    ],
    [
      "a surrogate in bytes",
      { body: Buffer.from([0x22, 0xed, 0xa0, 0xbd, 0x22]).toString("base64"), isBase64Encoded: true },
      400,
      /not valid UTF-8/,
    ],
    ["text with replacement characters", { body: '{"lines":[],"note":"Caf\uFFFD"}' }, 400, /U\+FFFD in their place/],
    [
      "a byte order mark",
      { body: Buffer.from('\uFEFF{"lines":[]}').toString("base64"), isBase64Encoded: true },
      400,
      /not valid JSON/,
    ],
    ["an infinite number", { body: '{"lines":[],"weight":1e999}' }, 422, /weight must be number/],
    ["a huge body", { body: `"${"x".repeat(BODY_LIMIT_BYTES)}"` }, 413, /at most 65536/],
    ["no body", { body: undefined }, 400, /not valid JSON/],
    ["a wrong type", { body: '{"lines":[{"quantity":"1"}]}' }, 422, /lines\/0\/quantity must be integer/],
    ["a value out of range", { body: '{"lines":[{"quantity":-1}]}' }, 422, /lines\/0\/quantity must be >= 1/],
    ["a missing property", { body: "{}" }, 422, /must have "lines"/],
    ["an unknown property", { body: '{"lines":[],"isAdmin":true}' }, 422, /must not have "isAdmin"/],
    ["a wrong format", { body: '{"lines":[],"email":"ada"}' }, 422, /email must match format "email"/],
    ["a query parameter out of range", { rawQueryString: "limit=99" }, 422, /query\/limit must be <= 10/],
    ["a query parameter of a wrong type", { rawQueryString: "limit=ten" }, 422, /query\/limit must be integer/],
    ["a wrong value in a list", { rawQueryString: "color=green" }, 422, /must be one of red, blue/],
    ["a path parameter of a wrong form", { pathParameters: { thingId: "A1" } }, 422, /path\/thingId/],
    [
      "a missing header",
      { headers: { "content-type": "application/json" } },
      422,
      /header\/Idempotency-Key is missing/,
    ],
  ];
  for (const [what, change, status, detail] of refusals) {
    it(`answers ${status} for ${what}`, () => {
      const result = check(request(change));
      if (result.ok) throw new Error("The request was accepted.");
      expect(result.response.statusCode).to.equal(status);
      expect(result.response.headers).to.include({ "content-type": "application/problem+json" });
      expect(JSON.parse(result.response.body!).detail).to.match(detail);
    });
  }

  it("names every violation with its pointer", () => {
    const result = check(request({ body: '{"lines":[{"quantity":0}],"email":"x"}', rawQueryString: "limit=0" }));
    if (result.ok) throw new Error("The request was accepted.");
    const { errors } = JSON.parse(result.response.body!) as { errors: { pointer: string }[] };
    expect(errors.map((e) => e.pointer)).to.have.members(["query/limit", "#/lines/0/quantity", "#/email"]);
  });

  it("throws for an unknown operation", () => {
    expect(() => validator(compileOperation(document, "nothing"))).to.throw('has no operation "nothing"');
  });
});

import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { expect } from "chai";
import fc from "fast-check";
import { decidePut } from "../../../domain/catalogue/change";
import { catalogueApi } from "../../../domain/catalogue/openapi";
import type { ProductContent } from "../../../domain/catalogue/product";
import { toDocument } from "../../../domain/catalogue/search/searchIndex";
import { checkProduct } from "../../../domain/catalogue/validation";
import { validator } from "../../../domain/http";
import { compileOperation } from "../../../domain/http/compileOperation";
import { placeOrder } from "../../../domain/order";
import { type OrderRequest, orderApi } from "../../../domain/order/api/openapi";
import { anyCharacter } from "../../kit/anyCharacter";

/** Any 16-bit units, lone surrogates and controls included. */
const units = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });
const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }) },
  { weight: 2, arbitrary: fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 }) },
  { weight: 1, arbitrary: units },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "\u200B", "\uFB1D".repeat(80), "Cafe\u0301 ", "constructor", "__proto__"),
  },
);
/** Numbers as JSON text, because JavaScript can't write 1e999. */
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String),
  fc.maxSafeInteger().map(String),
  fc.constantFrom("-0", "1e999", "-1e999", "1e300", "1e-200", "1e-130", "-1e-131", "5e-324", "9007199254740992", "0.1"),
);
const attributeName = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,9}$/) },
  { weight: 1, arbitrary: fc.constantFrom("constructor", "toString", "__proto__", "valueOf", "then", "length", "") },
);

const quoted = (arbitrary: fc.Arbitrary<string>) => arbitrary.map((value) => JSON.stringify(value));
const object = (members: Record<string, fc.Arbitrary<string>>) =>
  fc.record(members).map((record) => `{${Object.entries(record).map(([name, value]) => `"${name}":${value}`)}}`);
const attributes = fc
  .array(fc.tuple(quoted(attributeName), fc.oneof(quoted(text), number, fc.constantFrom("true", "false"))), {
    maxLength: 3,
  })
  .map((pairs) => `{${pairs.map((pair) => pair.join(":"))}}`);

const productBody = object({
  name: quoted(text),
  brand: quoted(text),
  category: fc.constant('"Kitchen"'),
  description: quoted(text),
  price: fc.constantFrom('{"amount":-0,"currency":"USD"}', '{"amount":100000000,"currency":"JPY"}'),
  availability: fc.constant('"in-stock"'),
  attributes,
});

const orderBody = object({
  lines: fc.constant('[{"productId":"kettle","quantity":99}]'),
  expectedTotal: fc.constantFrom('{"amount":-0,"currency":"USD"}', '{"amount":1e999,"currency":"USD"}'),
  shipping: object({
    name: quoted(text),
    street: quoted(text),
    city: fc.constant('"Springfield"'),
    postalCode: fc.constant('"12345"'),
    country: fc.constant('"US"'),
  }),
  contact: fc.constant('{"email":"ada@example.com"}'),
  payment: fc.oneof(quoted(text), fc.constant('"tok_1"')).map((token) => `{"kind":"token","token":${token}}`),
});

const event = (body: string) => ({
  body: Buffer.from(body).toString("base64"),
  isBase64Encoded: true,
  headers: { "content-type": "application/json", "idempotency-key": "key-1" },
  rawQueryString: "",
  pathParameters: { productId: "kettle" },
});

/** DynamoDB's checks besides the marshaller: 38 digits, 1E-130 to 9.99E+125, and text that UTF-8 can encode. */
function checkStored(value: Record<string, unknown>): void {
  for (const [type, content] of Object.entries(value)) {
    if (type === "N") {
      const magnitude = Math.abs(Number(content));
      expect(magnitude === 0 || (magnitude >= 1e-130 && magnitude < 1e126), String(content)).to.equal(true);
      expect(String(content).replace(/e.*|\D/g, "").length).to.be.at.most(38);
    } else if (type === "S") expect((content as string).isWellFormed()).to.equal(true);
    else if (type === "M") {
      for (const member of Object.values(content as object)) checkStored(member);
    } else if (type === "L") for (const member of content as Record<string, unknown>[]) checkStored(member);
  }
}

/** Checks that the table accepts a value and returns it unchanged, and that JSON does too. */
function checkStorable(item: Record<string, unknown>): void {
  const stored = marshall(item, { removeUndefinedValues: true });
  checkStored({ M: stored });
  expect(unmarshall(stored)).to.deep.equal(item);
  expect(JSON.parse(Buffer.from(JSON.stringify(item)).toString("utf8"))).to.deep.equal(item);
}

describe("an accepted request", () => {
  it("is a product that table and index can store", () => {
    const check = validator<ProductContent>(compileOperation(catalogueApi, "putProduct"));
    let accepted = 0;
    fc.assert(
      fc.property(productBody, (body) => {
        const request = check(event(body));
        if (!request.ok) {
          expect(request.response.statusCode).to.equal(422);
          return;
        }
        accepted++;
        const context = { region: "us-east-1", now: "2026-11-05T00:00:00.000Z" };
        const decision = decidePut("kettle", request.body, undefined, undefined, context);
        if (decision.kind !== "write") throw new Error(decision.kind);
        checkStorable({ ...decision.product });
        expect(checkProduct(unmarshall(marshall(decision.product)))).to.have.property("ok", true);
        const document = toDocument(decision.product);
        expect(JSON.parse(JSON.stringify(document))).to.deep.equal(document);
        const again = check(event(JSON.stringify(request.body)));
        expect(again).to.deep.equal(request);
      }),
      { numRuns: 1_000 },
    );
    expect(accepted).to.be.greaterThan(100);
  });

  it("is an order that the table can store and providers accept", () => {
    const check = validator<OrderRequest>(compileOperation(orderApi, "placeOrder"));
    let accepted = 0;
    fc.assert(
      fc.property(orderBody, (body) => {
        const request = check(event(body));
        if (!request.ok) {
          expect(request.response.statusCode).to.equal(422);
          return;
        }
        accepted++;
        const { shipping, contact, payment, expectedTotal: total } = request.body;
        if (payment.kind !== "token") throw new Error(payment.kind);
        const order = { orderId: "A", region: "us-east-1", customerId: "c", requestHash: "h", total, lines: [] };
        const { item } = placeOrder({ ...order, shipping, contact, payment }, "2026-11-05T00:00:00.000Z");
        checkStorable(unmarshall(marshall(item, { removeUndefinedValues: true })));
        checkStorable({ shipping, contact, payment, total });
      }),
      { numRuns: 1_000 },
    );
    expect(accepted).to.be.greaterThan(100);
  });
});

import Ajv2020 from "ajv/dist/2020";
import { expect } from "chai";
import fc from "fast-check";
import {
  deriveOrderId,
  executionName,
  hashRequest,
  OPEN_SHARDS,
  ORDER_ID_PATTERN,
  openIn,
  openKeys,
  type PricedProduct,
  parseCard,
  priceOrder,
} from "../../../domain/order";
import { orderApi } from "../../../domain/order/openapi";

const visible = fc.string({
  unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 128,
});

describe("deriveOrderId", () => {
  it("derives the id from customer and key, and another one if either differs", () => {
    fc.assert(
      fc.property(visible, visible, visible, (customer, key, other) => {
        const id = deriveOrderId(customer, key);
        expect(id).to.match(new RegExp(ORDER_ID_PATTERN));
        expect(deriveOrderId(customer, key)).to.equal(id);
        if (other !== key) expect(deriveOrderId(customer, other)).to.not.equal(id);
        if (other !== customer) expect(deriveOrderId(other, key)).to.not.equal(id);
      }),
    );
  });

  it("distinguishes other boundaries between customer and key", () => {
    expect(deriveOrderId("ab", "c")).to.not.equal(deriveOrderId("a", "bc"));
  });

  it("returns the same id in every release", () => {
    expect(deriveOrderId("customer-ann", "b0a7")).to.equal("PCJJXK1G5X0QQKX6AJB5CWJ465");
  });

  it("allows an execution name that Step Functions accepts", () => {
    expect(executionName(deriveOrderId("a", "b"), 123_456)).to.match(/^[A-Za-z0-9_-]{1,80}$/);
  });
});

describe("openIn", () => {
  it("spreads a Region's orders evenly over its shards", () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 16_000; index++) {
      const key = openIn("us-east-1", deriveOrderId("customer", String(index)));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).to.deep.equal(openKeys("us-east-1").sort());
    expect(counts.size).to.equal(OPEN_SHARDS);
    for (const count of counts.values()) expect(count).to.be.within(850, 1_150);
  });
});

describe("hashRequest", () => {
  it("depends on the request's values, not on the order of its members", () => {
    expect(hashRequest({ a: 1, b: [{ c: 2, d: 3 }] })).to.equal(hashRequest({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(hashRequest({ a: 1, b: undefined })).to.equal(hashRequest({ a: 1 }));
    expect(hashRequest({ a: [1, 2] })).to.not.equal(hashRequest({ a: [2, 1] }));
  });
});

describe("pricing", () => {
  const product = (productId: string, more: Partial<PricedProduct> = {}): PricedProduct => ({
    productId,
    name: productId,
    price: { amount: 100, currency: "EUR" },
    availability: "in-stock",
    ...more,
  });

  it("sums up the catalogue's prices in minor units", () => {
    const amount = fc.integer({ min: 0, max: 1_000_000_000 });
    const quantity = fc.integer({ min: 1, max: 99 });
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, quantity), { minLength: 1, maxLength: 50 }), (lines) => {
        const products = lines.map(([each], index) =>
          product(`p${index}`, { price: { amount: each, currency: "EUR" } }),
        );
        const priced = priceOrder(
          lines.map(([, pieces], index) => ({ productId: `p${index}`, quantity: pieces })),
          products,
        );
        if (!priced.ok) throw new Error(JSON.stringify(priced));
        const total = lines.reduce((sum, [each, pieces]) => sum + BigInt(each) * BigInt(pieces), 0n);
        expect(BigInt(priced.total.amount)).to.equal(total);
      }),
    );
  });

  const refused: [string, PricedProduct[], number, string][] = [
    ["unknown", [], 1, "unknown"],
    ["deleted", [product("a", { deletedAt: "2026-01-01T00:00:00.000Z" })], 1, "unknown"],
    ["out of stock", [product("a", { availability: "out-of-stock" })], 1, "unavailable"],
    ["no longer sold", [product("a", { availability: "discontinued" })], 1, "unavailable"],
    ["ordered above its limit", [product("a", { maxPerOrder: 2 })], 3, "too-many"],
  ];
  for (const [what, products, quantity, reason] of refused) {
    it(`refuses a product that is ${what}`, () => {
      const priced = priceOrder([{ productId: "a", quantity }], products);
      expect(priced).to.have.nested.property("refusal.reason", reason);
    });
  }

  it("refuses two currencies in one order", () => {
    const products = [product("a"), product("b", { price: { amount: 1, currency: "USD" } })];
    const priced = priceOrder(
      ["a", "b"].map((productId) => ({ productId, quantity: 1 })),
      products,
    );
    expect(priced).to.have.nested.property("refusal.reason", "currencies");
  });
});

describe("an encrypted card", () => {
  const envelope = (header: unknown) =>
    [
      Buffer.from(JSON.stringify(header)).toString("base64url"),
      "k".repeat(342),
      "i".repeat(16),
      "c".repeat(60),
      "t".repeat(22),
    ].join(".");
  const header = {
    alg: "RSA-OAEP-256",
    enc: "A256GCM",
    kid: "mrk-1234567890abcdef",
    idempotencyKey: "key-1",
    customerId: "ann",
  };

  it("is parsed without decryption", () => {
    expect(parseCard(envelope(header))?.header).to.deep.equal(header);
  });

  const wrong: [string, string][] = [
    ["a text that is no JWE", "4242424242424242"],
    ["another algorithm", envelope({ ...header, alg: "RSA-OAEP" })],
    ["another encryption", envelope({ ...header, enc: "A128CBC-HS256" })],
    ["compression", envelope({ ...header, zip: "DEF" })],
    ["no customer", envelope({ ...header, customerId: undefined, padding: "padding" })],
    ["no key of the request", envelope({ ...header, idempotencyKey: undefined, padding: "padding" })],
    ["a header that is no JSON", envelope(header).replace(/^[^.]+/, "a".repeat(60))],
  ];
  for (const [what, jwe] of wrong) {
    it(`is refused with ${what}`, () => {
      expect(parseCard(jwe)).to.equal(undefined);
    });
  }

  it("is refused or parsed for any text, without an error", () => {
    fc.assert(fc.property(fc.string(), (text) => parseCard(text) === undefined));
  });
});

describe("the order API's document", () => {
  it("has valid schemas and unique operation ids", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(orderApi, "document");
    for (const name of Object.keys(orderApi.components.schemas)) {
      expect(() => ajv.compile({ $ref: `document#/components/schemas/${name}` }), name).to.not.throw();
    }
    const ids = Object.values(orderApi.paths).flatMap((methods) =>
      Object.values(methods as Record<string, { operationId: string }>).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).to.equal(ids.length);
  });
});

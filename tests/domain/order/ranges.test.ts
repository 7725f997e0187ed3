import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020";
import { expect } from "chai";
import { MAX_PRICE_AMOUNT } from "../../../domain/catalogue/product";
import { PRODUCT_ID_PATTERN, priceSchema, productSchema } from "../../../domain/catalogue/schema";
import {
  CARD_PATTERN,
  cardHeader,
  MAX_CARD_LENGTH,
  MAX_LINES,
  MAX_QUANTITY,
  MAX_TOTAL_AMOUNT,
  parseCard,
  priceOrder,
} from "../../../domain/order";
import { orderApi } from "../../../domain/order/api/openapi";
import { schemas } from "../../../domain/order/api/openapiSchemas";
import { PaymentLedger } from "../../../local/providers/paymentLedger";
import { paymentRoutes } from "../../../local/providers/routes";

const request = schemas.OrderRequest.properties;
const [key] = orderApi.paths["/api/orders"].post.parameters;

describe("a range in several contracts", () => {
  describe("of an amount", () => {
    const book = new PaymentLedger(
      { read: () => [], append: () => {} } as never,
      () => {},
      () => 0,
    );
    const provider = paymentRoutes(book, "key", () => ({ status: 200, body: {} }));
    const taken = (amount: number) =>
      provider.problemOf({
        operation: "authorize",
        orderId: "1",
        body: { amount, currency: "EUR", customerId: "ann", ...(amount !== 0 && { token: "tok_visa:ann" }) },
      }) === undefined;
    const ordered = new Ajv2020({ strict: false }).compile(request.expectedTotal);
    const product = (amount: number) => ({
      productId: "p",
      name: "P",
      price: { amount, currency: "EUR" },
      availability: "in-stock" as const,
    });
    const totalOf = (amount: number, lines: number, quantity: number) => {
      const all = Array.from({ length: lines }, (_, each) => ({ ...product(amount), productId: `p${each}` }));
      const priced = priceOrder(
        all.map(({ productId }) => ({ productId, quantity })),
        all,
      );
      return priced.ok ? priced.total.amount : Number.NaN;
    };

    it("covers all orders that the catalogue allows, in every contract", () => {
      const cheapest = totalOf(priceSchema.properties.amount.minimum, 1, 1);
      const dearest = totalOf(priceSchema.properties.amount.maximum, MAX_LINES, MAX_QUANTITY);
      expect([cheapest, dearest]).to.deep.equal([0, MAX_TOTAL_AMOUNT]);
      for (const amount of [cheapest, 1, MAX_PRICE_AMOUNT, dearest]) {
        expect(ordered({ amount, currency: "EUR" }), `the order API takes ${amount}`).to.equal(true);
        expect(taken(amount), `the payment provider takes ${amount}`).to.equal(true);
      }
      for (const amount of [-1, dearest + 1]) {
        expect(ordered({ amount, currency: "EUR" }), `the order API takes ${amount}`).to.equal(false);
        expect(taken(amount), `the payment provider takes ${amount}`).to.equal(false);
      }
    });

    it("is an exact integer, and is the documented one", () => {
      expect(Number.isSafeInteger(MAX_TOTAL_AMOUNT + 1)).to.equal(true);
      const contract = readFileSync("docs/providers.md", "utf8");
      expect(contract).to.contain(`from 0 to ${MAX_TOTAL_AMOUNT.toLocaleString("en")}`);
    });
  });

  it("of a product's id is the catalogue's in order lines too", () => {
    expect(request.lines.items.properties.productId.pattern).to.equal(PRODUCT_ID_PATTERN);
  });

  it("of a quantity is at most an order's limit in the catalogue", () => {
    expect(request.lines.items.properties.quantity.maximum).to.equal(MAX_QUANTITY);
    expect(productSchema.properties.maxPerOrder.maximum).to.be.at.most(MAX_QUANTITY);
    expect(request.lines.maxItems, "one BatchGetItem reads 100 keys").to.equal(MAX_LINES).and.to.be.at.most(100);
  });

  it("of a currency is the catalogue's", () => {
    expect(request.expectedTotal.properties.currency).to.equal(priceSchema.properties.currency);
  });

  it("of a card leaves room for the longest key and the longest customer id", () => {
    if (!key || !("maxLength" in key.schema)) throw new Error("The first parameter is not the limited key.");
    for (const [keyed, customer] of [
      ['"', "\u0001"],
      ["~", "字"],
    ] as const) {
      const header = cardHeader(`mrk-${"f".repeat(32)}`, {
        idempotencyKey: keyed.repeat(key.schema.maxLength),
        customerId: customer.repeat(255),
      });
      const encoded = Buffer.from(JSON.stringify(header)).toString("base64url");
      const card = [encoded, "k".repeat(342), "i".repeat(16), "c".repeat(400), "t".repeat(22)].join(".");
      expect(card.length).to.be.at.most(MAX_CARD_LENGTH);
      expect(parseCard(card)?.header).to.deep.equal(header);
    }
    const [, , , ciphertext] = CARD_PATTERN.split("\\.");
    const longest = JSON.stringify({ number: "4".repeat(19), expiry: "12/39", code: "1234" });
    const length = Buffer.from(longest).toString("base64url").length;
    const [, from, to] = /\{(\d+),(\d+)\}/.exec(ciphertext ?? "") ?? [];
    expect(length).to.be.within(Number(from), Number(to));
  });
});

import { expect } from "chai";
import type { ChargeRules } from "../../../../../domain/order";
import { charges, intake, quoting } from "../../../../kit/orderIntake";
import { submission } from "../../../../kit/submission";

describe("createSubmitOrder", () => {
  it("answers 429 with Retry-After above the customer's limit, and still accepts retries", async () => {
    const { submit, orders } = intake(2);
    const placed = [await submit(submission("one")), await submit(submission("two"))];
    expect(placed.map(({ statusCode }) => statusCode)).to.deep.equal([201, 201]);
    const refused = await submit(submission("three"));
    expect(refused.statusCode).to.equal(429);
    expect(refused.headers?.["content-type"]).to.equal("application/problem+json");
    expect(Number(refused.headers?.["retry-after"])).to.be.within(1, 86_400);
    expect(orders.size).to.equal(2);
    expect(JSON.parse(refused.body ?? "{}").detail).to.match(/^A customer can place 2 orders a day, and you have\./);
    expect((await submit(submission("one"))).statusCode).to.equal(201);
  });

  it("does not count a repeated order again", async () => {
    const { submit, orders } = intake(2);
    const answers = [];
    for (const key of ["one", "one", "one", "two"]) answers.push((await submit(submission(key))).statusCode);
    expect(answers).to.deep.equal([201, 201, 201, 201]);
    expect(orders.size).to.equal(2);
  });

  it("takes the order for placed if the limit is reached by a copy of its own request that is still being stored", async () => {
    const { submit, orders, meetCopy } = intake(1);
    await submit(submission("one"));
    // Of two transactions that meet, the count of the first may be written before its order is.
    meetCopy();
    expect((await submit(submission("one"))).statusCode).to.equal(201);
    expect(orders.size).to.equal(1);
  });

  it("takes a repeated order with another token for the same order, which keeps the first token", async () => {
    // After a reload the customer enters the card again, and a provider's fields make another token of it.
    const { submit, orders } = intake(2);
    const by = (token: string) => {
      const request = submission("one");
      const payment = { kind: "token", token };
      return { ...request, body: JSON.stringify({ ...JSON.parse(request.body ?? "{}"), payment }) };
    };
    const [first, second] = [await submit(by("ctoken_1")), await submit(by("ctoken_2"))];
    expect([first.statusCode, second.statusCode]).to.deep.equal([201, 201]);
    expect(second.body).to.equal(first.body);
    expect([...orders.values()].map(({ payment }) => payment.token)).to.deep.equal(["ctoken_1"]);
  });

  it("refuses a card number as Idempotency-Key, and takes a UUID whose digits are one", async () => {
    const { submit } = intake(2);
    const refused = await submit(submission("key-4242-4242-4242-4242"));
    expect(refused.statusCode).to.equal(422);
    expect(refused.body).to.contain("Card number in the wrong field").and.not.contain("4242");
    expect((await submit(submission("a1b2c3d4-4242-4242-4242-4242a1b2c3d4"))).statusCode).to.equal(201);
  });

  it("keeps the language that the caller prefers, with the first request that stores the order", async () => {
    const { submit, orders } = intake(2);
    const by = (key: string, language?: string) => {
      const request = submission(key);
      return { ...request, headers: { ...request.headers, ...(language && { "accept-language": language }) } };
    };
    const answers = [];
    for (const [key, language] of [["one", "de-AT, en;q=0.5"], ["one", "en"], ["two"]] as const)
      answers.push((await submit(by(key, language))).statusCode);
    expect(answers).to.deep.equal([201, 201, 201]);
    expect([...orders.values()].map(({ language }) => language)).to.deep.equal(["de", undefined]);
  });

  it("marks a phone number as verified only if the token contains it", async () => {
    for (const verifiedPhone of ["+4930123456", "+4930999999", undefined]) {
      const { submit, orders } = intake(2);
      const request = submission("one");
      const body = JSON.parse(request.body ?? "{}");
      body.contact.phone = "+4930123456";
      request.body = JSON.stringify(body);
      request.requestContext.authorizer.lambda.verifiedPhone = verifiedPhone;
      expect((await submit(request)).statusCode).to.equal(201);
      const [order] = orders.values();
      expect(order?.contact.phoneVerified).to.equal(verifiedPhone === "+4930123456" ? true : undefined);
    }
  });

  describe("with shipping methods and taxes", () => {
    const tax = {
      ...{ name: "Tax", percent: 10, included: false, productIds: ["kettle"] },
      base: { amount: 6_980, currency: "EUR" },
      amount: { amount: 698, currency: "EUR" },
    };
    const asking = (key: string, changes: { amount?: number; shippingMethod?: string; country?: string }) => {
      const request = submission(key);
      const body = JSON.parse(request.body ?? "{}");
      const { amount = body.expectedTotal.amount, shippingMethod, country = "US" } = changes;
      Object.assign(body, { expectedTotal: { amount, currency: "EUR" }, shippingMethod });
      Object.assign(body.shipping, { country });
      return { ...request, body: JSON.stringify(body) };
    };
    const bodyOf = ({ body }: { body?: string }) => JSON.parse(body ?? "{}");

    it("stores shipping and tax with the order, whose total is their sum", async () => {
      const { submit, orders } = intake(5, charges);
      const placed = await submit(asking("one", { amount: 6_980 + 1_290 + 698, shippingMethod: "express" }));
      expect(placed.statusCode).to.equal(201);
      const [order] = orders.values();
      expect(order?.total.amount).to.equal(8_968);
      expect(order?.shippingMethod).to.deep.equal({
        ...{ id: "express", name: "Express", price: { amount: 1_290, currency: "EUR" }, deliveryDays: [1, 2] },
      });
      expect(order?.taxes).to.deep.equal([tax]);
      expect(order?.lines[0]).to.not.have.property("category");
    });

    it("refuses the total of the lines alone, with what the new one consists of", async () => {
      const { submit, orders } = intake(5, charges);
      const refused = await submit(asking("one", {}));
      expect(refused.statusCode).to.equal(409);
      expect(bodyOf(refused)).to.deep.include({ total: { amount: 8_168, currency: "EUR" }, taxes: [tax] });
      expect(bodyOf(refused).shippingMethod).to.include({ id: "standard" });
      expect(orders.size).to.equal(0);
    });

    it("refuses the price of another method", async () => {
      const { submit, orders } = intake(5, charges);
      const refused = await submit(asking("one", { amount: 8_168, shippingMethod: "express" }));
      expect([refused.statusCode, orders.size]).to.deep.equal([409, 0]);
    });

    it("refuses a method that does not deliver to the address, and one that the store has not", async () => {
      const { submit, orders } = intake(5, charges);
      const abroad = await submit(asking("one", { amount: 8_270, shippingMethod: "express", country: "FR" }));
      expect(abroad.statusCode).to.equal(422);
      expect(bodyOf(abroad).shippingMethods).to.have.length(1);
      const plain = intake(5);
      const unknown = await plain.submit(asking("one", { shippingMethod: "express" }));
      expect(bodyOf(unknown).detail).to.equal("The store has no shipping methods. Leave shippingMethod out.");
      expect([orders.size, plain.orders.size]).to.deep.equal([0, 0]);
    });

    it("refuses a country that no method delivers to", async () => {
      const { submit } = intake(5, { shippingMethods: [charges.shippingMethods![1]!] });
      const refused = await submit(asking("one", { amount: 8_270, country: "FR" }));
      expect(refused.statusCode).to.equal(422);
      expect(bodyOf(refused)).to.include({ type: "/problems/not-delivered" });
    });

    it("answers a retry with the same body although the methods have changed", async () => {
      const changed: { shippingMethods: NonNullable<ChargeRules["shippingMethods"]>[number][] } = {
        shippingMethods: [{ id: "express", name: "Express", price: { EUR: 490 } }],
      };
      const { submit } = intake(5, changed);
      const request = asking("one", { amount: 7_470, shippingMethod: "express" });
      const placed = await submit(request);
      changed.shippingMethods[0] = { id: "courier", name: "Courier", price: { EUR: 900 } };
      expect(await submit(request)).to.deep.equal(placed);
    });

    it("stores an order without rules as before", async () => {
      const { submit, orders } = intake(5);
      await submit(submission("one"));
      expect(Object.keys([...orders.values()][0]!)).to.not.include.members(["shippingMethod"]);
      expect([...orders.values()][0]).to.not.have.any.keys("shippingMethod", "taxes");
    });

    it("quotes what an order then has to expect", async () => {
      const { submit, quote } = intake(5, charges);
      const quoted = await quote(quoting({ country: "US" }, "express"));
      expect(quoted.statusCode).to.equal(200);
      const { total, shippingMethods, shippingMethod, taxes, goods } = bodyOf(quoted);
      expect(shippingMethods.map(({ id }: { id: string }) => id)).to.deep.equal(["standard", "express"]);
      expect([shippingMethod.id, goods.amount, taxes]).to.deep.equal(["express", 6_980, [tax]]);
      const placed = await submit(asking("one", { amount: total.amount, shippingMethod: "express" }));
      expect(placed.statusCode).to.equal(201);
    });
  });
});

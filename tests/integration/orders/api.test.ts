import { randomUUID } from "node:crypto";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "chai";
import { Webhook } from "standardwebhooks";
import { goodCard } from "./orderStand";
import { useOrderStand } from "./sharedStand";

interface Problem {
  type: string;
  title: string;
  detail: string;
  [extension: string]: unknown;
}

describe("order API", function () {
  this.timeout(300_000);
  const here = useOrderStand();
  afterEach(() => here.stand.providers.controls.clearFaults());
  const problemOf = async (response: Response) => (await response.json()) as Problem;

  describe("placing an order", () => {
    it("answers retries like the first request, concurrent ones included, and creates one order", async () => {
      const { stand } = here;
      const key = randomUUID();
      const answers = await Promise.all([1, 2, 3, 4].map(() => stand.place({ key })));
      const again = await stand.place({ key });
      for (const answer of [...answers, again]) {
        expect(answer.status).to.equal(201);
        expect(answer.orderId).to.equal(again.orderId);
        expect(answer.headers.get("location")).to.equal(`/api/orders/${again.orderId}`);
      }
      await stand.until(again.orderId, "DELIVERED");
      expect(stand.providers.controls.records(again.orderId).captures).to.have.length(1);
    });

    it("answers a retry like the first request after a change of the price", async () => {
      const { stand } = here;
      const key = randomUUID();
      await stand.putProduct({ productId: "lamp", name: "Lamp" });
      const body = { lines: [{ productId: "lamp", quantity: 1 }], expectedTotal: { amount: 3_490, currency: "EUR" } };
      const first = await stand.place({ key, body });
      await stand.putProduct({ productId: "lamp", name: "Lamp", price: { amount: 9_900, currency: "EUR" } });
      const second = await stand.place({ key, body });
      expect([first.status, second.status]).to.deep.equal([201, 201]);
      expect(second.orderId).to.equal(first.orderId);
    });

    it("refuses another body under a used key", async () => {
      const { stand } = here;
      const key = randomUUID();
      await stand.place({ key });
      const lines = [{ productId: "kettle", quantity: 1 }];
      const answer = await stand.place({ key, body: { lines, expectedTotal: { amount: 3_490, currency: "EUR" } } });
      expect(answer.status).to.equal(422);
      expect((await problemOf(answer)).title).to.equal("Idempotency-Key used for another order");
    });

    it("refuses an outdated total, and returns the current one", async () => {
      const answer = await here.stand.place({ body: { expectedTotal: { amount: 1, currency: "EUR" } } });
      expect(answer.status).to.equal(409);
      const problem = await problemOf(answer);
      expect(problem["total"]).to.deep.equal({ amount: 6_980, currency: "EUR" });
      expect(problem.detail).to.contain("€69.80");
    });

    const wrong: [string, Record<string, unknown>, number, RegExp][] = [
      ["an unknown product", { lines: [{ productId: "unicorn", quantity: 1 }] }, 422, /no unicorn/],
      ["a negative quantity", { lines: [{ productId: "kettle", quantity: -1 }] }, 422, /quantity/],
      ["an enormous quantity", { lines: [{ productId: "kettle", quantity: 1e9 }] }, 422, /quantity/],
      ["half a piece", { lines: [{ productId: "kettle", quantity: 0.5 }] }, 422, /quantity/],
      ["no lines", { lines: [] }, 422, /lines/],
      [
        "a product in two lines",
        { lines: [1, 2].map((quantity) => ({ productId: "kettle", quantity })) },
        422,
        /kettle/,
      ],
      ["a price in the request", { lines: [{ productId: "kettle", quantity: 2, unitPrice: 1 }] }, 422, /unitPrice/],
      ["a wrong type", { contact: "ann@example.com" }, 422, /contact/],
      ["an invalid e-mail address", { contact: { email: "nowhere" } }, 422, /email/],
      ["a card in clear", { payment: { kind: "card", card: "4242424242424242" } }, 422, /payment/],
    ];
    const address = { name: "Ann", street: "1 High Street", city: "Town", postalCode: "12345", country: "US" };
    wrong.push(
      [
        "a card number in the address",
        { shipping: { ...address, street: "4242 4242 4242 4242" } },
        422,
        /"pointer":"#\/shipping\/street"/,
      ],
      [
        "a card number in place of a token",
        { payment: { kind: "token", token: "4242424242424242" } },
        422,
        /"pointer":"#\/payment\/token"/,
      ],
    );
    for (const [what, body, status, detail] of wrong) {
      it(`refuses ${what} and stores nothing`, async () => {
        const { stand } = here;
        const answer = await stand.place({ body, customer: "customer-wrong" });
        expect(answer.status).to.equal(status);
        expect(answer.headers.get("content-type")).to.equal("application/problem+json");
        expect(JSON.stringify(await problemOf(answer))).to.match(detail);
        expect(JSON.stringify(await stand.everything())).to.not.contain("customer-wrong");
      });
    }

    it("refuses invalid JSON, a large body, a missing key and another media type", async () => {
      const { stand } = here;
      const headers = { "Idempotency-Key": "k1" };
      const post = (body: unknown, more: Record<string, string> = headers) =>
        stand.call("POST", "/api/orders", { body, headers: more });
      expect((await post("{ not json")).status).to.equal(400);
      expect((await post("x".repeat(70_000))).status).to.equal(413);
      expect((await post({ lines: [] }, {})).status).to.equal(422);
      expect((await post({}, { ...headers, "content-type": "text/plain" })).status).to.equal(415);
    });

    it("refuses a card that was encrypted for another request or to another key", async () => {
      const { stand } = here;
      const stolen = await stand.sealCard("another-requests-key");
      const answer = await stand.place({ payment: { kind: "card", card: stolen } });
      expect(answer.status).to.equal(422);
      expect((await problemOf(answer)).title).to.equal("Card not encrypted for this request");
    });

    it("refuses another customer's card, sent under that customer's key, and stores nothing", async () => {
      const { stand } = here;
      const key = randomUUID();
      const stolen = await stand.sealCard(key, undefined, "customer-ann");
      const payment = { kind: "card", card: stolen };
      const answer = await stand.place({ key, customer: "customer-thief", payment });
      expect(answer.status).to.equal(422);
      const { title, errors } = await problemOf(answer);
      expect(title).to.equal("Card not encrypted for this request");
      expect(errors).to.deep.equal([{ pointer: "#/payment/card", detail: "is not encrypted for this request" }]);
      expect(JSON.stringify(await stand.everything())).to.not.contain("customer-thief");
      expect((await stand.place({ key, payment })).status, "its owner's own order").to.equal(201);
    });

    it("cancels an order whose card was modified, and stores the reason", async () => {
      const { stand } = here;
      const key = randomUUID();
      const [header, wrapped, iv, text, tag] = (await stand.sealCard(key)).split(".");
      const changed = `${text!.startsWith("A") ? "B" : "A"}${text!.slice(1)}`;
      const { orderId, status } = await stand.place({
        key,
        payment: { kind: "card", card: [header, wrapped, iv, changed, tag].join(".") },
      });
      expect(status).to.equal(201);
      const item = await stand.until(orderId, "CANCELLED");
      expect(item.payment.declined).to.match(/could not be read/);
      expect(await stand.card(orderId)).to.equal(undefined);
    });

    it("refuses requests without a token or with an invalid one", async () => {
      const { stand } = here;
      for (const authorization of ["", "Bearer nonsense"]) {
        const answer = await stand.call("GET", "/api/orders", { headers: { authorization } });
        expect([401, 403]).to.include(answer.status);
      }
    });
  });

  describe("reading orders", () => {
    it("lists the customer's own orders only, newest first, page by page", async () => {
      const { stand } = here;
      const customer = "customer-lister";
      const ids: string[] = [];
      for (let round = 0; round < 3; round++) ids.unshift((await stand.place({ customer })).orderId);
      type Page = { orders: { orderId: string; pieces: number }[]; next?: string };
      const page = async (query: string) =>
        (await (await stand.call("GET", `/api/orders${query}`, { customer })).json()) as Page;
      const first = await page("?limit=2");
      const second = await page(`?limit=2&before=${first.next}`);
      expect([...first.orders, ...second.orders].map(({ orderId }) => orderId)).to.deep.equal(ids);
      expect(first.orders[0]?.pieces).to.equal(2);
    });

    it("answers 404 for another customer's order, to a read as to a cancellation", async () => {
      const { stand } = here;
      const { orderId } = await stand.place({ customer: "customer-owner" });
      const customer = "customer-thief";
      expect((await stand.call("GET", `/api/orders/${orderId}`, { customer })).status).to.equal(404);
      expect((await stand.call("POST", `/api/orders/${orderId}/cancel`, { customer })).status).to.equal(404);
      expect((await stand.call("GET", `/api/orders/${"0".repeat(26)}`)).status).to.equal(404);
      expect((await stand.call("GET", "/api/orders/not-an-id")).status).to.equal(422);
    });
  });

  describe("webhooks", () => {
    const send = (id: string, body: unknown, at = new Date(), secret = here.stand.secrets.paymentWebhookSecret) => {
      const text = JSON.stringify(body);
      return here.stand.call("POST", "/api/orders/webhooks/payment", {
        body: text,
        headers: {
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
          "webhook-signature": new Webhook(secret).sign(id, at, text),
        },
      });
    };

    it("are refused unsigned, signed with another secret, or too old", async () => {
      const body = { type: "payment.updated", orderId: "0".repeat(26) };
      const unsigned = await here.stand.call("POST", "/api/orders/webhooks/payment", { body });
      expect(unsigned.status).to.equal(401);
      expect((await send("a", body, new Date(), here.stand.secrets.shippingWebhookSecret)).status).to.equal(401);
      expect((await send("b", body, new Date(Date.now() - 10 * 60_000))).status).to.equal(401);
      expect((await send("c", body)).status).to.equal(204);
    });

    it("resume an order once, although they are repeated", async () => {
      const { stand } = here;
      const pace = stand.providers.controls.pace();
      stand.providers.controls.setPace({ pendingMs: 4_000 });
      const { orderId } = await stand.place({ card: { ...goodCard, number: "4000000000003220" } });
      const reads = () =>
        stand.providers.controls.calls().filter((call) => call.orderId === orderId && call.operation === "read").length;
      try {
        while (reads() === 0) await new Promise((resolve) => setTimeout(resolve, 50));
        const body = { type: "payment.updated", orderId };
        for (let round = 0; round < 10; round++) {
          expect((await send("same", body)).status).to.equal(204);
          await new Promise((resolve) => setTimeout(resolve, 150));
        }
        await stand.until(orderId, "DELIVERED");
        const looks = (await stand.execution(orderId))?.states.filter((state) => state === "Authorize").length;
        // The first read, three or four by timer, one by this webhook, one by the payment provider's own.
        expect(looks).to.be.within(3, 7);
      } finally {
        stand.providers.controls.setPace(pace);
      }
    });
  });

  it("notifies the customer of each change once, by mail and text message", async () => {
    const { stand } = here;
    const { orderId } = await stand.place();
    await stand.until(orderId, "DELIVERED");
    const about = [/We received your order/, /Payment confirmed/, /being packed/, /on its way/, /has arrived/];
    const sent = async () => [(await stand.mails(orderId)).length, await stand.textMessages(orderId)];
    for (let round = 0; round < 1_000 && (await sent()).some((count) => count < about.length); round++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const mails = await stand.mails(orderId);
    for (const subject of about) expect(mails.filter((mail) => subject.test(mail.subject))).to.have.length(1);
    expect(mails.every(({ to }) => to[0] === "ann@example.com")).to.equal(true);
    expect(await stand.textMessages(orderId)).to.equal(about.length);
  });

  it("serves its health and its OpenAPI document", async () => {
    const { stand } = here;
    const health = await stand.call("GET", "/api/orders/health", { headers: { authorization: "" } });
    expect(health.status).to.equal(200);
    expect(await health.json()).to.include({ status: "ok", region: "us-east-1" });
    const document = await stand.call("GET", "/api/orders/openapi.json", { headers: { authorization: "" } });
    expect(((await document.json()) as { openapi: string }).openapi).to.equal("3.1.0");
  });

  it("never writes a card into a log, a table, a history or a mail", async () => {
    const { stand } = here;
    const card = { number: "4111111111111111", expiry: "11/38", code: "987" };
    stand.providers.controls.fault({ system: "payment", operation: "authorize", kind: "unavailable" });
    const { orderId } = await stand.place({ card });
    await stand.until(orderId, "DELIVERED");
    const client = {
      region: "us-east-1",
      endpoint: stand.region.endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    const logs = new CloudWatchLogsClient(client);
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
    expect(logGroups.length).to.be.greaterThan(10);
    for (const { logGroupName } of logGroups) {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
      expect(JSON.stringify(events)).to.not.contain(card.number);
    }
    const kept = JSON.stringify([await stand.everything(), await stand.execution(orderId), await stand.mails(orderId)]);
    expect(kept).to.not.contain(card.number);
  });
});

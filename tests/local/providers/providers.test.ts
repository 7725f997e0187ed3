import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect } from "chai";
import { Webhook } from "standardwebhooks";
import { type Providers, type ProvidersOptions, startProviders, testCards } from "../../../local/providers";
import { tokenOf } from "../../../local/providers/testCards";
import { closeServer, listen } from "../../../local/servers/listen";
import { temporaryFolder } from "../../kit/temporaryFolder";

const secrets = {
  paymentApiKey: "pay-key",
  shippingApiKey: "ship-key",
  paymentWebhookSecret: `whsec_${Buffer.from("payment-webhook-secret-24").toString("base64")}`,
  shippingWebhookSecret: `whsec_${Buffer.from("shipping-webhook-secret-4").toString("base64")}`,
};
const good = { number: "4242424242424242", expiry: "12/39", code: "123" };

describe("providers of the local run", () => {
  const running: Providers[] = [];
  const start = async (options: Partial<ProvidersOptions> = {}): Promise<Providers> => {
    const providers = await startProviders({ secrets, pace: { pendingMs: 40, shipmentStepMs: 60 }, ...options });
    running.push(providers);
    return providers;
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).map((providers) => providers.stop()));
  });

  const call = async (providers: Providers, method: string, path: string, body?: unknown, timeoutMs = 3_000) => {
    const shipping = path.startsWith("/shipments");
    const response = await fetch(`${shipping ? providers.shippingUrl : providers.paymentUrl}${path}`, {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { authorization: `Bearer ${shipping ? secrets.shippingApiKey : secrets.paymentApiKey}` },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const authorize = (providers: Providers, orderId: string, card: object = good, amount = 1999) =>
    call(providers, "PUT", `/payments/${orderId}/authorization`, { amount, currency: "EUR", customerId: "ann", card });
  const put = (providers: Providers, orderId: string, what: string) =>
    call(providers, "PUT", `/payments/${orderId}/${what}`);
  const shipment = { address: { postcode: "20457", country: "DE" }, lines: [{ productId: "p-1", quantity: 1 }] };
  const until = async (condition: () => boolean | Promise<boolean>, what: string) => {
    for (const end = Date.now() + 10_000; Date.now() < end; ) {
      if (await condition()) return;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    throw new Error(`not within 10 s: ${what}`);
  };
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: Error) => error,
    );

  describe("payment", () => {
    it("authorizes, captures and refunds once, regardless of repeated requests", async () => {
      const providers = await start();
      const [first, second] = [await authorize(providers, "o-1"), await authorize(providers, "o-1")];
      expect(first.status).to.equal(200);
      expect(first.body).to.include({ status: "authorized", amount: 1999 });
      expect(first.body["card"]).to.deep.equal({ brand: "visa", last4: "4242" });
      expect(second.body).to.deep.equal(first.body);
      for (const status of [200, 200]) expect((await put(providers, "o-1", "capture")).status).to.equal(status);
      expect((await authorize(providers, "o-1")).body["status"]).to.equal("captured");
      for (const status of [200, 200]) expect((await put(providers, "o-1", "refund")).status).to.equal(status);
      const book = providers.controls.records("o-1");
      expect([book.authorizations.length, book.captures.length, book.refunds.length]).to.deep.equal([1, 1, 1]);
      expect(book.paidAmount).to.equal(0);
    });

    it("accepts either a capture or a void of an authorization", async () => {
      const providers = await start();
      await authorize(providers, "captured");
      await put(providers, "captured", "capture");
      expect(await put(providers, "captured", "void")).to.deep.equal({ status: 409, body: { status: "captured" } });
      await authorize(providers, "voided");
      expect(await put(providers, "voided", "void")).to.deep.equal({ status: 200, body: { status: "voided" } });
      expect(await put(providers, "voided", "capture")).to.deep.equal({ status: 409, body: { status: "voided" } });
      expect(await authorize(providers, "voided")).to.deep.equal({ status: 409, body: { status: "voided" } });
    });

    it("remembers a void of an order that was never authorized", async () => {
      const providers = await start();
      expect((await put(providers, "o-1", "void")).status).to.equal(200);
      expect((await authorize(providers, "o-1")).body).to.deep.equal({ status: "voided" });
    });

    it("refuses to charge again after a refund, and answers a void of it as done", async () => {
      const providers = await start();
      await authorize(providers, "o-1");
      await put(providers, "o-1", "capture");
      await put(providers, "o-1", "refund");
      expect((await authorize(providers, "o-1")).status).to.equal(409);
      expect((await put(providers, "o-1", "capture")).status).to.equal(409);
      expect(await put(providers, "o-1", "void")).to.deep.equal({ status: 200, body: { status: "refunded" } });
    });

    describe("challenge page", () => {
      const challenged = { ...good, number: "4000002760003184" };
      const store = "http://127.0.0.1:9";
      const begin = async (options: Partial<ProvidersOptions> = {}) => {
        const providers = await start({ webhookUrl: store, ...options });
        const { status, body } = await authorize(providers, "o-1", challenged);
        expect([status, body["status"]]).to.deep.equal([202, "pending"]);
        return { providers, url: String(body["challengeUrl"]) };
      };
      const answer = (url: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
        fetch(url, { method: "POST", redirect: "manual", body: new URLSearchParams(form), headers });
      const page = async (url: string) => {
        const response = await fetch(url);
        return { response, text: await response.text() };
      };

      it("shows store, amount, card and order, and that it is the local provider's", async () => {
        const { providers, url } = await begin();
        expect(url.startsWith(`${providers.paymentUrl}/challenges/`)).to.equal(true);
        const { response, text } = await page(url);
        expect(response.status).to.equal(200);
        for (const part of [store, "€19.99", "visa ending in 3184", "o-1", "Local payment provider"])
          expect(text).to.contain(part);
        expect((await call(providers, "GET", "/payments/o-1")).body).to.include({
          status: "pending",
          challengeUrl: url,
        });
        expect((await authorize(providers, "o-1", challenged)).body).to.include({ challengeUrl: url });
      });

      it("authorizes what the customer approves, and leads back to the order", async () => {
        const { providers, url } = await begin();
        const response = await answer(url, { answer: "approve" });
        expect([response.status, response.headers.get("location")]).to.deep.equal([303, `${store}/orders/o-1?new`]);
        const { body } = await call(providers, "GET", "/payments/o-1");
        expect(body).to.include({ status: "authorized" }).and.not.have.property("challengeUrl");
        await answer(url, { answer: "refuse" });
        expect((await put(providers, "o-1", "capture")).body).to.include({ status: "captured" });
        expect((await page(url)).text)
          .to.contain("You have approved this payment.")
          .and.not.contain("<form");
      });

      it("declines what the customer refuses, and asks again for another attempt at another address", async () => {
        const { providers, url } = await begin();
        await answer(url, { answer: "refuse" });
        const { body } = await call(providers, "GET", "/payments/o-1");
        expect(body).to.include({ status: "declined", reason: "authentication_failed" });
        expect(body).not.to.have.property("challengeUrl");
        const again = String((await authorize(providers, "o-1", challenged)).body["challengeUrl"]);
        expect(again).not.to.equal(url);
        expect((await answer(url, { answer: "approve" })).status).to.equal(404);
        expect((await call(providers, "GET", "/payments/o-1")).body).to.include({ status: "pending" });
      });

      it("authorizes nothing after a void", async () => {
        const { providers, url } = await begin();
        await put(providers, "o-1", "void");
        expect((await answer(url, { answer: "approve" })).status).to.equal(303);
        const { payment, authorizations } = providers.controls.records("o-1");
        expect([payment?.status, authorizations.length]).to.deep.equal(["voided", 0]);
        expect((await page(url)).text).to.contain("The store has given this payment up.");
      });

      it("leads to the store only, whatever the request says", async () => {
        const { url } = await begin();
        const evil = "https://evil.example/";
        const query = `?returnUrl=${encodeURIComponent(evil)}&next=${encodeURIComponent(evil)}`;
        expect((await page(`${url}${query}`)).text).not.to.contain("evil.example");
        const response = await answer(`${url}${query}`, { answer: "approve", returnUrl: evil }, { referer: evil });
        expect(response.headers.get("location")).to.equal(`${store}/orders/o-1?new`);
      });

      it("can't be guessed, framed or answered by another site's page", async () => {
        const { providers, url } = await begin();
        const id = url.split("/").at(-1)!;
        expect(Buffer.from(id, "base64url")).to.have.length(24);
        for (const path of ["o-1", "", `${id.slice(0, -1)}`, "__proto__"])
          expect((await fetch(`${providers.paymentUrl}/challenges/${path}`)).status, path).to.equal(404);
        const policy = (await page(url)).response.headers.get("content-security-policy");
        expect(policy).to.contain("frame-ancestors 'none'").and.contain("default-src 'none'");
        const foreign = await answer(url, { answer: "approve" }, { origin: "https://evil.example" });
        expect(foreign.status).to.equal(403);
        expect((await answer(url, { answer: "perhaps" })).status).to.equal(400);
        expect((await fetch(url, { method: "PUT" })).status).to.equal(405);
        expect(providers.controls.records("o-1").payment?.status).to.equal("pending");
      });

      it("escapes what the store sent", async () => {
        const providers = await start({ webhookUrl: store });
        const orderId = "<img src=x onerror=alert(1)>";
        const { body } = await authorize(providers, encodeURIComponent(orderId), challenged);
        const { text } = await page(String(body["challengeUrl"]));
        expect(text).not.to.contain("<img");
      });

      it("survives a restart of the provider", async () => {
        const dataDir = temporaryFolder("stayopen-challenge");
        const { providers, url } = await begin({ dataDir });
        await providers.stop();
        const restarted = await start({ dataDir, webhookUrl: store });
        await answer(`${restarted.paymentUrl}${new URL(url).pathname}`, { answer: "approve" });
        expect(restarted.controls.records("o-1").payment?.status).to.equal("authorized");
      });

      it("tells the store by webhook", async () => {
        const received: string[] = [];
        const server = createServer((request, response) => {
          received.push(request.url ?? "");
          response.end();
        });
        const { url } = await begin({ webhookUrl: await listen(server, 0, "test store") });
        await answer(url, { answer: "refuse" });
        await until(() => received.includes("/api/orders/webhooks/payment"), "the webhook");
        await closeServer(server);
      });
    });

    it("accepts a good card after a decline", async () => {
      const providers = await start();
      const declined = await authorize(providers, "o-1", { ...good, number: "4000000000000002" });
      expect(declined.status).to.equal(402);
      expect(declined.body).to.include({ status: "declined", reason: "card_declined" });
      expect((await authorize(providers, "o-1")).status).to.equal(200);
    });

    it("declines a number with a wrong check digit, an expired card and an unreadable expiry", async () => {
      const providers = await start();
      const reason = async (card: object) => (await authorize(providers, crypto.randomUUID(), card)).body["reason"];
      expect(await reason({ ...good, number: "4242424242424241" })).to.equal("incorrect_number");
      expect(await reason({ ...good, expiry: "01/20" })).to.equal("expired_card");
      expect(await reason({ ...good, expiry: "soon" })).to.equal("invalid_expiry");
    });

    it("settles a pending authorization either way, and notifies the store by a signed webhook", async () => {
      const heard: { type: string; orderId: string }[] = [];
      const store = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          const headers = request.headers as Record<string, string>;
          const body = Buffer.concat(chunks).toString();
          heard.push(new Webhook(secrets.paymentWebhookSecret).verify(body, headers) as (typeof heard)[number]);
          response.writeHead(request.url === "/api/orders/webhooks/payment" ? 202 : 404).end();
        });
      });
      const providers = await start({ webhookUrl: await listen(store, 0, "test store") });
      try {
        const yes = await authorize(providers, "yes", { ...good, number: "4000000000003220" });
        expect([yes.status, yes.body["status"]]).to.deep.equal([202, "pending"]);
        await authorize(providers, "no", { ...good, number: "4000008400001629" });
        await until(() => heard.length === 2, "both webhooks");
        expect(heard.map((one) => one.orderId).sort()).to.deep.equal(["no", "yes"]);
        expect((await call(providers, "GET", "/payments/yes")).body["status"]).to.equal("authorized");
        expect((await call(providers, "GET", "/payments/no")).body).to.include({
          status: "declined",
          reason: "authentication_failed",
        });
      } finally {
        await closeServer(store);
      }
    });

    it("never settles an authorization that was voided while pending", async () => {
      const providers = await start();
      await authorize(providers, "o-1", { ...good, number: "4000000000003220" });
      await put(providers, "o-1", "void");
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(providers.controls.records("o-1").payment?.status).to.equal("voided");
    });

    it("refuses a second authorization with another amount instead of charging twice", async () => {
      const providers = await start();
      await authorize(providers, "o-1");
      const other = await authorize(providers, "o-1", good, 2500);
      expect([other.status, other.body["error"]]).to.deep.equal([400, "amount_differs"]);
      expect(providers.controls.records("o-1").payment?.amount).to.equal(1999);
    });

    it("accepts an amount of 0 without a card, and either its capture or its void", async () => {
      const providers = await start();
      const free = { amount: 0, currency: "EUR", customerId: "ann" };
      const authorizing = async (orderId: string, body: object = free) =>
        (await call(providers, "PUT", `/payments/${orderId}/authorization`, body)).status;
      expect(await authorizing("captured")).to.equal(200);
      expect((await put(providers, "captured", "capture")).body["status"]).to.equal("captured");
      expect((await put(providers, "captured", "void")).status).to.equal(409);
      expect((await put(providers, "voided", "void")).body["status"]).to.equal("voided");
      expect(await authorizing("voided")).to.equal(409);
      expect((await put(providers, "voided", "capture")).status).to.equal(409);
      expect(await authorizing("with a card", { ...free, card: good })).to.equal(400);
    });

    it("declines an unknown token or another customer's, and charges its owner's", async () => {
      const providers = await start();
      const pay = async (token: string) => {
        const body = { amount: 1, currency: "EUR", customerId: "ann", token };
        const answer = await call(providers, "PUT", "/payments/o-1/authorization", body);
        return [answer.status, answer.body["status"], answer.body["reason"]];
      };
      expect(await pay(tokenOf("tok_visa", "bob"))).to.deep.equal([402, "declined", "token_of_another_customer"]);
      expect(await pay("tok_visa")).to.deep.equal([402, "declined", "token_unknown"]);
      expect(providers.controls.records("o-1").payment?.card).to.equal(undefined);
      expect(await pay(tokenOf("tok_visa", "ann"))).to.deep.equal([200, "authorized", undefined]);
    });

    it("requires its key and a complete request", async () => {
      const providers = await start();
      expect((await fetch(`${providers.paymentUrl}/payments/o-1`)).status).to.equal(401);
      for (const body of [
        {},
        { amount: -1, currency: "EUR", customerId: "ann", card: good },
        { amount: 1, currency: "euro", customerId: "ann", card: good },
        { amount: 1, currency: "EUR", customerId: "ann" },
        { amount: 1, currency: "EUR", card: good },
        { amount: 1, currency: "EUR", customerId: "ann", card: { number: "4242424242424242" } },
        { amount: 1, currency: "EUR", customerId: "ann", token: "" },
      ]) {
        expect(
          (await call(providers, "PUT", "/payments/o-1/authorization", body)).status,
          JSON.stringify(body),
        ).to.equal(400);
      }
      expect(providers.controls.allRecords()).to.deep.equal([]);
    });

    it("implements every test card that it documents", async () => {
      const providers = await start();
      expect(testCards.map((card) => card.number)).to.include.members(["4242424242424242", "4000000000000002"]);
      for (const card of testCards.filter((one) => one.wire === undefined)) {
        const { body } = await authorize(providers, `o-${card.number}`, { ...good, number: card.number });
        const expected = /^(pending|challenge)/.test(card.outcome) ? "pending" : card.outcome;
        expect(body["status"], card.about).to.equal(expected);
      }
    });
  });

  describe("shipping", () => {
    it("accepts a parcel once, moves it, and answers a repeated call like the first", async () => {
      const providers = await start();
      const first = await call(providers, "PUT", "/shipments/o-1", shipment);
      expect(first.body).to.include({ status: "accepted", carrier: "Harbour Parcel" });
      await until(() => providers.controls.records("o-1").shipment?.status === "delivered", "delivered");
      expect((await call(providers, "PUT", "/shipments/o-1", shipment)).body).to.deep.equal(first.body);
      const book = providers.controls.records("o-1");
      expect(book.shipments).to.have.length(1);
      expect(book.shipment?.entries.map((entry) => entry.what)).to.deep.equal(["accepted", "in-transit", "delivered"]);
    });

    it("has a page for each parcel, which names neither its order nor its address", async () => {
      const providers = await start();
      const { body } = await call(providers, "PUT", "/shipments/o-1", shipment);
      const url = String(body["trackingUrl"]);
      expect(url).to.equal(`${providers.shippingUrl}/parcels/${body["trackingNumber"]}`);
      const page = await fetch(url);
      expect(page.status).to.equal(200);
      expect(await page.text())
        .to.contain("Accepted by the carrier")
        .and.contain(String(body["trackingNumber"]))
        .and.not.contain("o-1");
      expect((await fetch(`${providers.shippingUrl}/parcels/HP000`)).status).to.equal(404);
      expect((await fetch(url, { method: "POST" })).status).to.equal(405);
    });

    it("remembers that a shipment is impossible after the fault was cleared", async () => {
      const providers = await start();
      const desert = { ...shipment, address: { ...shipment.address, postcode: "00000" } };
      expect((await call(providers, "PUT", "/shipments/o-1", desert)).status).to.equal(422);
      expect((await call(providers, "PUT", "/shipments/o-1", shipment)).status).to.equal(422);
      providers.controls.fault({ system: "shipping", operation: "ship", kind: "impossible", reason: "Strike." });
      expect((await call(providers, "PUT", "/shipments/o-2", shipment)).body["reason"]).to.equal("Strike.");
      expect((await call(providers, "PUT", "/shipments/o-2", shipment)).status).to.equal(422);
    });

    it("keeps a held shipment where it is until it is released", async () => {
      const providers = await start();
      providers.controls.holdShipments("o-1");
      await call(providers, "PUT", "/shipments/o-1", shipment);
      await call(providers, "PUT", "/shipments/o-2", shipment);
      await until(() => providers.controls.records("o-2").shipment?.status === "delivered", "the other one delivered");
      expect(providers.controls.records("o-1").shipment?.status).to.equal("accepted");
      providers.controls.releaseShipments("o-1");
      await until(() => providers.controls.records("o-1").shipment?.status === "delivered", "delivered");
    });
  });

  describe("faults", () => {
    it("answers 503 the requested number of times, only for the requested order, without effect", async () => {
      const providers = await start();
      providers.controls.fault({
        system: "payment",
        operation: "authorize",
        kind: "unavailable",
        times: 2,
        orderId: "o-1",
      });
      expect((await authorize(providers, "o-2")).status).to.equal(200);
      for (const status of [503, 503, 200]) expect((await authorize(providers, "o-1")).status).to.equal(status);
      expect(providers.controls.calls().filter((one) => one.orderId === "o-1" && one.effectAt)).to.have.length(1);
    });

    it("times out before or after the effect, as requested", async () => {
      const providers = await start();
      providers.controls.fault({ system: "payment", operation: "capture", kind: "timeout-before" });
      providers.controls.fault({ system: "payment", operation: "capture", kind: "timeout-after" });
      await authorize(providers, "o-1");
      const capture = () => failure(call(providers, "PUT", "/payments/o-1/capture", undefined, 150));
      expect((await capture())?.name).to.equal("TimeoutError");
      expect(providers.controls.records("o-1").captures).to.have.length(0);
      expect((await capture())?.name).to.equal("TimeoutError");
      expect(providers.controls.records("o-1").captures).to.have.length(1);
      expect((await put(providers, "o-1", "capture")).status).to.equal(200);
      expect(providers.controls.records("o-1").captures).to.have.length(1);
    });

    it("lets a call take effect after its caller gave up", async () => {
      const providers = await start();
      providers.controls.fault({ system: "shipping", operation: "ship", kind: "late", ms: 120 });
      expect((await failure(call(providers, "PUT", "/shipments/o-1", shipment, 80)))?.name).to.equal("TimeoutError");
      expect(providers.controls.records("o-1").shipments).to.have.length(0);
      await until(() => providers.controls.records("o-1").shipments.length === 1, "the late shipment");
    });

    it("breaks the connection with and without effect", async () => {
      const providers = await start();
      providers.controls.fault({ system: "payment", operation: "authorize", kind: "reset-before", orderId: "before" });
      providers.controls.fault({ system: "payment", operation: "authorize", kind: "reset-after", orderId: "after" });
      expect(await failure(authorize(providers, "before"))).to.be.instanceOf(Error);
      expect(await failure(authorize(providers, "after"))).to.be.instanceOf(Error);
      expect(providers.controls.allRecords().map((book) => book.orderId)).to.deep.equal(["after"]);
    });

    it("charges once with the card whose first request gets no response", async () => {
      const providers = await start();
      const card = { ...good, number: "4000000000006686" };
      const body = { amount: 5, currency: "EUR", customerId: "ann", card };
      expect(await failure(call(providers, "PUT", "/payments/o-1/authorization", body, 150))).to.be.instanceOf(Error);
      expect((await authorize(providers, "o-1", card, 5)).body["status"]).to.equal("authorized");
      expect(providers.controls.records("o-1").authorizations).to.have.length(1);
    });

    it("stops a call at a gate, before or after its effect, until the gate is opened", async () => {
      const providers = await start();
      const gate = providers.controls.gate({
        system: "payment",
        operation: "authorize",
        when: "after",
        orderId: "o-1",
      });
      const answer = authorize(providers, "o-1");
      expect((await gate.reached).operation).to.equal("authorize");
      expect(providers.controls.records("o-1").payment?.status).to.equal("authorized");
      gate.open();
      expect((await answer).status).to.equal(200);
    });

    it("stops every call at a gate for all calls, until it is opened", async () => {
      const providers = await start();
      const { controls } = providers;
      const gate = controls.gate({
        system: "payment",
        operation: "capture",
        when: "before",
        orderId: "o-1",
        every: true,
      });
      await authorize(providers, "o-1");
      const first = put(providers, "o-1", "capture");
      const second = put(providers, "o-1", "capture");
      await until(() => controls.calls().filter(({ operation }) => operation === "capture").length === 2, "both came");
      expect(controls.records("o-1").captures).to.have.length(0);
      gate.letOthersPass();
      expect((await put(providers, "o-1", "void")).status).to.equal(200);
      expect((await put(providers, "o-1", "capture")).status).to.equal(409);
      gate.open();
      expect([(await first).status, (await second).status]).to.deep.equal([409, 409]);
    });

    it("can be injected over HTTP by a script on this machine, but not by a web page", async () => {
      const providers = await start();
      const order = (headers: Record<string, string>, body: object) =>
        fetch(`${providers.shippingUrl}/control/faults`, { method: "POST", headers, body: JSON.stringify(body) });
      const fault = { system: "payment", operation: "void", kind: "unavailable", times: "always" };
      expect((await order({ origin: "http://evil.example" }, fault)).status).to.equal(403);
      expect((await order({}, { ...fault, operation: "ship" })).status).to.equal(400);
      expect((await order({}, fault)).status).to.equal(200);
      for (const status of [503, 503]) expect((await put(providers, "o-1", "void")).status).to.equal(status);
      providers.controls.clearFaults();
      expect((await put(providers, "o-1", "void")).status).to.equal(200);
    });
  });

  describe("ledgers", () => {
    const folder = () => temporaryFolder("providers");

    it("survive a restart, including pending transitions", async () => {
      const dataDir = folder();
      const first = await start({ dataDir, pace: { pendingMs: 50, shipmentStepMs: 60_000 } });
      await authorize(first, "captured");
      await put(first, "captured", "capture");
      await put(first, "voided", "void");
      await authorize(first, "pending", { ...good, number: "4000000000003220" });
      await call(first, "PUT", "/shipments/captured", shipment);
      const before = first.controls.records("captured");
      await first.stop();
      const second = await start({ dataDir });
      expect(second.controls.records("captured").payment).to.deep.equal(before.payment);
      expect((await authorize(second, "voided")).status).to.equal(409);
      await until(() => second.controls.records("pending").payment?.status === "authorized", "the pending one settled");
      await until(() => second.controls.records("captured").shipment?.status === "delivered", "delivered");
      expect(second.controls.records("captured").shipments).to.have.length(1);
    });

    it("survive an incomplete line after a crash", async () => {
      const dataDir = folder();
      const first = await start({ dataDir });
      await authorize(first, "o-1");
      await first.stop();
      appendFileSync(join(dataDir, "payments.jsonl"), '{"orderId":"o-2","sta');
      const second = await start({ dataDir });
      await authorize(second, "o-3");
      await second.stop();
      const third = await start({ dataDir });
      expect(third.controls.allRecords().map((book) => book.orderId)).to.deep.equal(["o-1", "o-3"]);
    });

    it("contain no card number and no verification code", async () => {
      const dataDir = folder();
      const providers = await start({ dataDir });
      await authorize(providers, "o-1", { ...good, code: "987" });
      const kept = JSON.stringify([providers.controls.allRecords(), providers.controls.calls()]);
      expect(kept).to.contain("4242");
      expect(kept).not.to.match(/4242424242424242|987/);
    });
  });

  describe("webhooks", () => {
    it("are retried with the same id until the store accepts them, and sent twice or never if requested", async () => {
      const ids: string[] = [];
      const store = createServer((request, response) => {
        ids.push(String(request.headers["webhook-id"]));
        response.writeHead(ids.length === 1 ? 500 : 204).end();
      });
      const providers = await start({ webhookUrl: await listen(store, 0, "test store"), pace: { shipmentStepMs: 10 } });
      try {
        providers.controls.fault({
          system: "shipping",
          operation: "webhook",
          kind: "drop",
          orderId: "silent",
          times: 2,
        });
        await call(providers, "PUT", "/shipments/silent", shipment);
        await until(() => providers.controls.records("silent").shipment?.status === "delivered", "delivered");
        expect(ids).to.deep.equal([]);
        await call(providers, "PUT", "/shipments/o-1", shipment);
        await until(() => ids.length === 3, "the first again");
        expect(new Set(ids).size).to.equal(2);
        providers.controls.fault({
          system: "shipping",
          operation: "webhook",
          kind: "twice",
          orderId: "loud",
          times: 2,
        });
        await call(providers, "PUT", "/shipments/loud", shipment);
        await until(() => ids.length === 7, "both twice");
        expect(new Set(ids).size).to.equal(4);
      } finally {
        await closeServer(store);
      }
    });
  });

  it("report in one sentence that a port is taken", async () => {
    const first = await start();
    const port = Number(new URL(first.paymentUrl).port);
    const error = await failure(startProviders({ secrets, port }));
    expect((error as Error).message).to.match(/^Port \d+, wanted for the payment provider, is in use/);
  });
});

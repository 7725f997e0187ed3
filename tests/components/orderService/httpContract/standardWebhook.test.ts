import { expect } from "chai";
import { Webhook } from "standardwebhooks";
import { createWebhookReader } from "../../../../components/orderService/httpContract/standardWebhook";
import type { RequestEvent } from "../../../../domain/http";
import * as operations from "../../../../domain/order/api/operations.compiled";

describe("createWebhookReader", () => {
  const secret = `whsec_${Buffer.from("a webhook secret of 32 characters").toString("base64")}`;
  const other = `whsec_${Buffer.from("another secret of 32 characters!!").toString("base64")}`;
  const read = createWebhookReader(operations.paymentUpdated, async () => secret);
  const orderId = "8JNKAQFKGZGHRMCP353K4J1X1K";
  const update = { type: "payment.updated", orderId };

  function request(body: unknown, { at = new Date(), by = secret, base64 = false } = {}): RequestEvent {
    const text = JSON.stringify(body);
    return {
      body: base64 ? Buffer.from(text).toString("base64") : text,
      isBase64Encoded: base64,
      rawQueryString: "",
      headers: {
        "content-type": "application/json",
        "webhook-id": "hook",
        "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
        "webhook-signature": new Webhook(by).sign("hook", at, text),
      },
    };
  }
  const statusOf = async (event: RequestEvent) => {
    const received = await read(event);
    return received.kind === "refused" ? received.response.statusCode : received.kind;
  };

  it("finds order and webhook id in a signed request, also in base64", async () => {
    for (const base64 of [false, true]) {
      expect(await read(request(update, { base64 }))).to.deep.equal({ kind: "changed", orderId, webhookId: "hook" });
    }
  });

  it("refuses with 401 a request that is unsigned, signed with another secret, changed, or older than five minutes", async () => {
    expect(await statusOf({ ...request(update), headers: {} })).to.equal(401);
    expect(await statusOf(request(update, { by: other }))).to.equal(401);
    expect(await statusOf({ ...request(update), body: JSON.stringify({ ...update, more: 1 }) })).to.equal(401);
    expect(await statusOf(request(update, { at: new Date(Date.now() - 301_000) }))).to.equal(401);
    expect(await statusOf(request(update, { at: new Date(Date.now() - 290_000) }))).to.equal("changed");
  });

  it("refuses with 422 a signed body that is not an update of an order", async () => {
    expect(await statusOf(request({ type: "payment.deleted", orderId }))).to.equal(422);
    expect(await statusOf(request({ type: "payment.updated", orderId: "no-id" }))).to.equal(422);
  });
});

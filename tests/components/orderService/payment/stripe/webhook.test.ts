import { expect } from "chai";
import { createStripeWebhookReader } from "../../../../../components/orderService/payment/stripe/webhook";
import { signEvent } from "../../../../kit/stripe/standIn";

const orderId = "8JNKAQFKGZGHRMCP353K4J1X1K";
const event = (metadata: unknown = { orderId }, more: object = {}) =>
  JSON.stringify({
    id: "evt_1",
    object: "event",
    type: "payment_intent.succeeded",
    data: { object: { id: "pi_1", object: "payment_intent", metadata } },
    ...more,
  });
const request = (body: string, signature: string | undefined, isBase64Encoded = false) => ({
  body,
  isBase64Encoded,
  headers: signature === undefined ? {} : { "stripe-signature": signature },
  rawQueryString: "",
  pathParameters: undefined,
});
const now = () => Math.floor(Date.now() / 1000);

describe("createStripeWebhookReader", () => {
  const read = createStripeWebhookReader(async () => "whsec_old whsec_new");
  const kindOf = async (body: string, signature?: string) => (await read(request(body, signature))).kind;

  it("finds the order in the metadata of the event's object", async () => {
    const body = event();
    expect(await read(request(body, signEvent(body, "whsec_new")))).to.deep.equal({
      kind: "changed",
      orderId,
      webhookId: "evt_1",
    });
  });

  it("reads a body that API Gateway has encoded", async () => {
    const body = event();
    const encoded = request(Buffer.from(body).toString("base64"), signEvent(body, "whsec_new"), true);
    expect((await read(encoded)).kind).to.equal("changed");
  });

  it("accepts either secret during a rotation, and both signatures in one header", async () => {
    const body = event();
    const [old, current, foreign] = ["whsec_old", "whsec_new", "whsec_foreign"].map((each) => signEvent(body, each));
    expect(await kindOf(body, old)).to.equal("changed");
    expect(await kindOf(body, current)).to.equal("changed");
    expect(await kindOf(body, `${foreign},${current!.split(",")[1]}`)).to.equal("changed");
    expect(await kindOf(body, foreign)).to.equal("refused");
  });

  it("refuses a signature that is older than five minutes", async () => {
    const body = event();
    expect(await kindOf(body, signEvent(body, "whsec_new", now() - 290))).to.equal("changed");
    expect(await kindOf(body, signEvent(body, "whsec_new", now() - 310))).to.equal("refused");
  });

  it("refuses a missing or unreadable signature and a changed body", async () => {
    const body = event();
    expect(await kindOf(body)).to.equal("refused");
    expect(await kindOf(body, "t=yesterday,v1=00")).to.equal("refused");
    expect(await kindOf(`${body} `, signEvent(body, "whsec_new"))).to.equal("refused");
  });

  it("ignores events about no order of the store", async () => {
    for (const body of [
      event(null),
      event({}),
      event({ orderId: "pos-17" }),
      event({ orderId: 17 }),
      "{}",
      "no JSON",
    ]) {
      expect(await kindOf(body, signEvent(body, "whsec_new")), body).to.equal("ignored");
    }
  });
});

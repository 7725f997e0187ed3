import { expect } from "chai";
import sinon from "sinon";
import { HttpPaymentProvider } from "../../../../components/orderService/payment/http/provider";
import { outgoing } from "../../../../components/runtime/outgoing";
import { TransientError } from "../../../../components/runtime/transientError";

import { own } from "../../../kit/orderSteps";

afterEach(() => sinon.restore());

describe("callProvider", () => {
  const system = new HttpPaymentProvider({
    apiKey: async () => "key",
    endpoint: "https://payment.example.com",
    timeoutMs: 1_000,
  });
  const order = own({ orderId: "A1" });
  const answering = (status: number, body: unknown) =>
    sinon
      .stub(outgoing, "fetch")
      .resolves(new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
  const capture = () =>
    system.capture(order).then(
      (answer) => answer.status,
      (error: Error) => error.name,
    );

  const cases: [number, unknown, string][] = [
    [200, { status: "captured" }, "captured"],
    [409, { status: "voided" }, "voided"],
    [429, "", "Transient"],
    [503, "", "Transient"],
    [401, { error: "unauthorized" }, "ProviderRefusal"],
    [400, { status: "captured-too" }, "ProviderRefusal"],
    [200, "<html>", "Transient"],
    [200, { status: "surprise" }, "Transient"],
    [302, { status: "captured" }, "Transient"],
  ];
  for (const [status, body, outcome] of cases) {
    it(`takes ${status} ${JSON.stringify(body)} for ${outcome}`, async () => {
      answering(status, body);
      expect(await capture()).to.equal(outcome);
    });
  }

  it("throws a transient error without the card when there is no answer", async () => {
    sinon.stub(outgoing, "fetch").rejects(new Error("read ECONNRESET"));
    const card = { number: "4242424242424242", expiry: "12/39", code: "123" };
    const error = await system.authorize(order, { kind: "card", card }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(TransientError);
    expect(String((error as Error).stack)).to.not.contain(card.number);
  });

  const texts: [string, unknown, Record<string, unknown>][] = [
    ["keeps texts, composed and trimmed", { reference: " Cafe\u0301 " }, { reference: "Café" }],
    ["cuts a long text", { reason: "𠮷".repeat(40_000) }, { reason: "𠮷".repeat(200) }],
    ["leaves out a number", '{"status":"pending","reference":1e999}', {}],
    ["leaves out a list and an object", { reference: ["a"], reason: { constructor: "a" } }, {}],
    ["leaves out text that can't be stored or shown", { reference: "a\uD83E", reason: "a\u202Eb" }, {}],
    [
      "keeps a page over TLS",
      { challengeUrl: "https://b.example/a?b=c#d" },
      { challengeUrl: "https://b.example/a?b=c#d" },
    ],
    [
      "keeps a page on this machine",
      { challengeUrl: "http://127.0.0.1:80/a" },
      { challengeUrl: "http://127.0.0.1:80/a" },
    ],
    ["leaves out a page without TLS", { challengeUrl: "http://bank.example.com/" }, {}],
    ["leaves out a script for a page", { challengeUrl: "javascript:alert(1)" }, {}],
    ["keeps a parcel's page", { trackingUrl: "https://c.example/T1" }, { trackingUrl: "https://c.example/T1" }],
    ["leaves out a script for a parcel's page", { trackingUrl: "javascript:alert(1)" }, {}],
    ["leaves out a page with a long address", { challengeUrl: `https://bank.example.com/${"a".repeat(2_000)}` }, {}],
    ["leaves out half a card", { card: { brand: "Visa" } }, {}],
    [
      "keeps a card's brand and last digits alone",
      { card: { brand: "Visa", last4: "4242", bin: 424242 } },
      { card: { brand: "Visa", last4: "4242" } },
    ],
  ];
  for (const [what, answer, expected] of texts) {
    it(`${what} of an answer`, async () => {
      answering(200, typeof answer === "string" ? answer : { status: "pending", ...(answer as object) });
      expect(await system.read(order)).to.deep.equal({ status: "pending", ...expected });
    });
  }

  it("sends the key, and has a time-out", async () => {
    const fetched = answering(200, { status: "captured" });
    await capture();
    const [url, init] = fetched.firstCall.args;
    expect(url).to.equal("https://payment.example.com/payments/A1/capture");
    expect(init?.headers).to.include({ authorization: "Bearer key" });
    expect(init?.signal).to.be.instanceOf(AbortSignal);
  });
});

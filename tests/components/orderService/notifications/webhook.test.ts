import type { lookup } from "node:dns";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Webhook } from "standardwebhooks";
import { toOrderWebhook, WebhookChannel } from "../../../../components/orderService/notifications/webhook";
import type { CustomerNotification } from "../../../../domain/order";
import { itemOf, refundItemOf } from "../../../kit/orderArbitraries";

const secrets = [`whsec_${Buffer.alloc(24, 1).toString("base64")}`, `whsec_${Buffer.alloc(24, 2).toString("base64")}`];
const notification: CustomerNotification = {
  order: {
    ...itemOf({ status: "SHIPPED", shipment: { carrier: "DHL", trackingNumber: "T1" } }),
    history: [{ status: "SHIPPED", at: "2026-01-01T10:00:00.000Z", region: "us-east-1", epoch: 1 }],
  },
  status: "SHIPPED",
  earlier: [],
};

type Received = { headers: Record<string, string>; body: string };

describe("WebhookChannel", () => {
  const received: Received[] = [];
  let answer: (response: ServerResponse, request: IncomingMessage) => void;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({
        headers: request.headers as Record<string, string>,
        body: Buffer.concat(chunks).toString("utf8"),
      });
      answer(response, request);
    });
  });
  let url: string;
  before((done) => {
    server.listen(0, "127.0.0.1", () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?shop=1`;
      done();
    });
  });
  beforeEach(() => {
    received.length = 0;
    answer = (response) => response.writeHead(204).end();
  });
  after((done) => {
    server.closeAllConnections();
    server.close(done);
  });

  const channel = (given: Partial<ConstructorParameters<typeof WebhookChannel>[1]> = {}) =>
    new WebhookChannel("erp", {
      ...{ url, timeoutMs: 5_000, internal: false, loopback: true, secrets: async () => secrets },
      ...given,
    });
  const failure = async (given: Partial<ConstructorParameters<typeof WebhookChannel>[1]> = {}) =>
    await channel(given)
      .send(notification)
      .then(
        () => "delivered",
        (error: Error) => error.message,
      );

  it("signs with each secret, so that a receiver may use either during a rotation", async () => {
    await channel().send(notification);
    const [{ headers, body } = { headers: {}, body: "" }] = received;
    for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).to.deep.equal(JSON.parse(body));
    const other = new Webhook(`whsec_${Buffer.alloc(24, 3).toString("base64")}`);
    expect(() => other.verify(body, headers)).to.throw("No matching signature");
  });

  it("sends the same id and body again for a copy", async () => {
    await channel().send(notification);
    await channel().send(notification);
    const [first, second] = received;
    expect(first?.headers["webhook-id"]).to.equal(`${notification.order.orderId}-SHIPPED`);
    expect(second?.headers["webhook-id"]).to.equal(first?.headers["webhook-id"]);
    expect(second?.body).to.equal(first?.body);
  });

  it("names no person, address or card", () => {
    const { order } = notification;
    const text = JSON.stringify(toOrderWebhook(notification));
    expect(toOrderWebhook(notification)).to.deep.include({
      type: "order.shipped",
      timestamp: "2026-01-01T10:00:00.000Z",
    });
    expect(toOrderWebhook(notification).data.shipment).to.deep.equal({ carrier: "DHL", trackingNumber: "T1" });
    for (const secret of [order.shipping.name, order.shipping.street, order.contact.email])
      expect(text).to.not.contain(secret);
  });

  it("sends a refund with its lines, under an id of its own and without its reason", async () => {
    const refund = refundItemOf({ status: "REFUNDED", lines: [{ productId: "kettle", quantity: 1 }] });
    await channel().send({ order: notification.order, refund });
    const [{ headers, body } = { headers: {} as Received["headers"], body: "" }] = received;
    expect(headers["webhook-id"]).to.equal(`${refund.orderId}-refund-${refund.refundId}`);
    expect(JSON.parse(body)).to.deep.include({ type: "order.refunded", timestamp: refund.updatedAt });
    expect(JSON.parse(body).data.refund).to.deep.equal({
      refundId: refund.refundId,
      amount: { amount: 500, currency: "EUR" },
      lines: [{ productId: "kettle", quantity: 1 }],
    });
    expect(body).to.not.contain(refund.reason);
  });

  it("fails for every status but 2xx, and follows no redirect", async () => {
    for (const status of [301, 307, 400, 410, 429, 500]) {
      answer = (response) => response.writeHead(status, { location: url }).end();
      expect(await failure()).to.equal(`The webhook webhook-erp was answered with ${status}.`);
    }
    expect(received).to.have.length(6);
  });

  it("fails without an answer in time, and reads no endless body", async () => {
    answer = () => {};
    expect(await failure({ timeoutMs: 50 })).to.equal("The webhook webhook-erp was not answered: time-out.");
    answer = (response) => {
      response.writeHead(200);
      const flood = () => void (response.destroyed || response.write(Buffer.alloc(65_536), flood));
      flood();
    };
    expect(await failure()).to.equal("delivered");
  });

  it("refuses addresses without TLS, but the local run's, and with a user name", () => {
    for (const refused of [
      "http://shop.example.com/hooks",
      "https://user@shop.example.com",
      "https://a:b@shop.example.com",
    ]) {
      expect(() => channel({ url: refused }), refused).to.throw("must begin with https:// and have no user name");
    }
    expect(() => channel({ loopback: false })).to.throw("must begin with https://");
  });

  const resolvedTo = (...addresses: string[]) =>
    ((_name: string, _options: object, done: (error: null, found: object[]) => void) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      )) as unknown as typeof lookup;

  it("connects to no internal address, named or written, also not to one of several", async () => {
    for (const address of [
      "127.0.0.1",
      "169.254.169.254",
      "10.0.0.1",
      "192.168.1.1",
      "172.31.0.1",
      "100.64.0.1",
      "0.0.0.0",
    ]) {
      const refused = `The webhook webhook-erp was not answered: Error: its address ${address} is internal.`;
      expect(await failure({ url: "https://shop.example.com", lookup: resolvedTo("192.0.2.1", address) })).to.equal(
        refused,
      );
      expect(await failure({ loopback: false, url: `https://${address}/hooks` }), address).to.contain("is internal");
    }
    // Other spellings of 127.0.0.1 and 169.254.169.254.
    for (const host of [
      "2130706433",
      "0x7f.1",
      "017700000001",
      "127.1",
      "127.0.0.1.",
      "0xa9fea9fe",
      "⑯⑨.254.169.254",
    ]) {
      expect(await failure({ loopback: false, url: `https://${host}/hooks` }), host).to.contain("is internal");
    }
    const mapped = ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a9fe:a9fe"];
    for (const address of ["::1", "fd00::1", "fe80::1", ...mapped, "2002:7f00:1::", "2001::1", "fec0::1"]) {
      expect(await failure({ url: `https://[${address}]/hooks` }), address).to.contain("is internal");
      expect(await failure({ url: "https://shop.example.com", lookup: resolvedTo(address) }), address).to.contain(
        "is internal",
      );
    }
  });

  it("connects to private addresses if that is allowed, never to the function's own", async () => {
    const internal = { internal: true, timeoutMs: 300, url: "https://shop.example.com:1" };
    expect(await failure({ ...internal, lookup: resolvedTo("169.254.100.1") })).to.contain("is internal");
    expect(await failure({ ...internal, lookup: resolvedTo("10.255.255.1") })).to.not.contain("is internal");
  });
});

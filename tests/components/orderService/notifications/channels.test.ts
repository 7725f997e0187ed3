import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { SESv2Client } from "@aws-sdk/client-sesv2";
import type { SNSClient } from "@aws-sdk/client-sns";
import { expect } from "chai";
import { MailChannel } from "../../../../components/orderService/notifications/mail";
import { SmsChannel } from "../../../../components/orderService/notifications/sms";
import { WebhookChannel } from "../../../../components/orderService/notifications/webhook";
import { CUSTOMER_STATUSES, type NotificationChannel } from "../../../../domain/order";
import { itemOf, refundItemOf } from "../../../kit/orderArbitraries";
import { answeringClient } from "../../../kit/orderFakes";

/** A channel with its receiver. */
interface Stand {
  channel: NotificationChannel;
  /** Messages as they arrived, without what differs by time. */
  arrived: string[];
  fail(isFailing: boolean): void;
  close(): Promise<void>;
}

const throughAws = (make: (client: unknown) => NotificationChannel) => async (): Promise<Stand> => {
  let isFailing = false;
  const arrived: string[] = [];
  const { client } = answeringClient<unknown>((_name, input) => {
    if (isFailing) throw new Error("away");
    arrived.push(JSON.stringify(input));
  });
  return { channel: make(client), arrived, fail: (failing) => (isFailing = failing), close: async () => {} };
};

const STANDS: Record<string, () => Promise<Stand>> = {
  mail: throughAws((client) => new MailChannel(client as SESv2Client, "a@b.c", "Shop", 100)),
  sms: throughAws(
    (client) => new SmsChannel(client as SNSClient, { countries: ["+"], unverified: true, perCustomerDay: 10 }, "Shop"),
  ),
  webhook: async () => {
    let isFailing = false;
    const arrived: string[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        if (!isFailing) arrived.push(`${request.headers["webhook-id"]} ${Buffer.concat(chunks).toString("utf8")}`);
        response.writeHead(isFailing ? 503 : 200).end();
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const secrets = async () => [`whsec_${Buffer.alloc(24).toString("base64")}`];
    return {
      channel: new WebhookChannel("erp", { url, timeoutMs: 5_000, internal: false, loopback: true, secrets }),
      arrived,
      fail: (failing) => (isFailing = failing),
      close: () => new Promise((done) => server.close(() => done())),
    };
  },
};

const order = itemOf({ status: "PAID", contact: { email: "ann@example.com", phone: "+4915112345678" } });

for (const [name, makeStand] of Object.entries(STANDS)) {
  describe(`The notification channel ${name}`, () => {
    let stand: Stand;
    before(async () => (stand = await makeStand()));
    after(() => stand.close());

    it("has a name that names it in log lines and in the key of its limit", () => {
      expect(stand.channel.name).to.match(new RegExp(`^${name}[\\w-]*$`));
    });

    it("reaches an order with a mail address and a phone number", () => {
      expect(stand.channel.reaches(order)).to.equal(true);
    });

    it("sends each status once, with the order's id", async () => {
      for (const status of CUSTOMER_STATUSES) {
        stand.arrived.length = 0;
        await stand.channel.send({ order: { ...order, status }, status, earlier: [] });
        expect(stand.arrived, status).to.have.length(1);
        expect(stand.arrived[0]).to.contain(order.orderId.slice(0, 8));
      }
    });

    it("sends a refund once, with its amount", async () => {
      stand.arrived.length = 0;
      const refund = refundItemOf({ status: "REFUNDED", lines: [{ productId: "kettle", quantity: 1 }] });
      await stand.channel.send({ order, refund });
      expect(stand.arrived).to.have.length(1);
      expect(stand.arrived[0])
        .to.match(/5\.00|"amount":500\b/)
        .and.contain(order.orderId.slice(0, 8));
    });

    it("sends the same again for the same change, so that a receiver recognizes a copy", async () => {
      stand.arrived.length = 0;
      for (let copy = 0; copy < 2; copy++) await stand.channel.send({ order, status: "PAID", earlier: [] });
      expect(stand.arrived[1]).to.equal(stand.arrived[0]);
    });

    it("rejects when the message was not accepted, after one attempt", async () => {
      stand.arrived.length = 0;
      stand.fail(true);
      const outcome = await stand.channel.send({ order, status: "PAID", earlier: [] }).then(
        () => "sent",
        () => "failed",
      );
      stand.fail(false);
      expect({ outcome, arrived: stand.arrived }).to.deep.equal({ outcome: "failed", arrived: [] });
    });
  });
}

import type { SQSRecord } from "aws-lambda";
import { expect } from "chai";
import { readOwnQueues } from "../../../../../components/orderService/handlers/notifications/ownQueues";
import { type NotificationChannel, toNotification } from "../../../../../domain/order";
import { itemOf } from "../../../../kit/orderArbitraries";
import { MemoryStore, silentLog } from "../../../../kit/orderFakes";

const arnOf = (suffix: string) => `arn:aws:sqs:us-east-1:1:orders-${suffix}`;
const SETTINGS: Record<string, string> = {
  AWS_REGION: "us-east-1",
  ORDERS_TABLE: "orders",
  CARDS_TABLE: "cards",
  STOCK_TABLE: "stock",
  OWN_QUEUES: JSON.stringify(
    ["erp", "shop"].map((suffix) => ({ suffix, arn: arnOf(suffix), url: `https://${suffix}` })),
  ),
};

describe("readOwnQueues", () => {
  const earlier = { ...process.env };
  before(() => Object.assign(process.env, SETTINGS));
  after(() => {
    for (const name of Object.keys(SETTINGS)) {
      if (earlier[name] === undefined) delete process.env[name];
      else process.env[name] = earlier[name];
    }
  });

  it("delivers a message through the channel of its queue, and leaves those of other queues", async () => {
    const order = itemOf({ status: "PAID" });
    const asked: string[] = [];
    const channel = (name: string): NotificationChannel => ({
      name,
      retried: true,
      reaches: () => {
        asked.push(name);
        return false;
      },
      send: async () => expect.fail("The channel reaches no customer."),
    });
    const deliver = readOwnQueues({
      store: new MemoryStore([order]),
      channels: ["shop", "erp"].map((suffix) => [suffix, channel(suffix)] as const),
      log: silentLog,
    });
    const record = (suffix: string) => {
      const body = JSON.stringify(toNotification(order));
      return {
        eventSourceARN: arnOf(suffix),
        body,
        attributes: { ApproximateReceiveCount: "1" },
      } as unknown as SQSRecord;
    };
    for (const suffix of ["erp", "shop"]) await deliver(record(suffix));
    expect(asked).to.deep.equal(["erp", "shop"]);
    expect(deliver(record("mails"))).to.equal(undefined);
  });
});

import type { SESv2Client } from "@aws-sdk/client-sesv2";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSRecord } from "aws-lambda";
import { expect } from "chai";
import sinon from "sinon";
import { notify } from "../../../../components/orderService/handlers/notifications/notify";
import { MailChannel } from "../../../../components/orderService/notifications/mail";
import { SmsChannel, type SmsRules } from "../../../../components/orderService/notifications/sms";
import { type OrderItem, toNotification, toSms } from "../../../../domain/order";
import { itemOf } from "../../../kit/orderArbitraries";
import { answeringClient, MemoryStore } from "../../../kit/orderFakes";

describe("SmsChannel", () => {
  async function texted(contact: OrderItem["contact"], changes: Partial<SmsRules> = {}, times = 1) {
    const order = itemOf({ contact });
    const { client, sent } = answeringClient<SNSClient>(() => ({}));
    const mails = answeringClient<SESv2Client>(() => ({}));
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const rules = { countries: ["+49", "+1"], unverified: false, perCustomerDay: 10, ...changes };
    const channels = [new MailChannel(mails.client, "a@b.c", "Store", 100), new SmsChannel(client, rules, "Store")];
    const store = new MemoryStore([order]);
    const record = { body: JSON.stringify(toNotification(order)) } as SQSRecord;
    for (let time = 0; time < times; time++) {
      store.sent.clear();
      await notify(record, { store, channels, gatherSeconds: 0, log });
    }
    expect(mails.sent, "mails").to.have.length(times);
    return sent.length;
  }
  const email = "ann@example.com";

  it("sends to verified numbers of the configured countries only", async () => {
    expect(await texted({ email, phone: "+4930123456", phoneVerified: true })).to.equal(1);
    expect(await texted({ email, phone: "+4930123456" })).to.equal(0);
    expect(await texted({ email, phone: "+88213000000", phoneVerified: true })).to.equal(0);
    expect(await texted({ email, phone: "+19005550100", phoneVerified: true })).to.equal(0);
    expect(await texted({ email, phone: "+12065550100", phoneVerified: true })).to.equal(1);
    expect(await texted({ email, phone: "+4930123456" }, { unverified: true })).to.equal(1);
  });

  it("lets a composer change the store's own text", async () => {
    const order = itemOf({ status: "SHIPPED", contact: { email, phone: "+4930123456" } });
    const { client, sent } = answeringClient<SNSClient>(() => ({}));
    const rules = { countries: ["+49"], unverified: true, perCustomerDay: 10 };
    const channel = new SmsChannel(client, rules, "Shop", { sms: (text, { store }) => `${store} | ${text}` });
    await channel.send({ order, status: "SHIPPED", earlier: [] });
    expect(sent[0]!.input).to.include({ Message: `Shop | ${toSms(order, "SHIPPED", "Shop")}` });
  });

  it("stops at the customer's daily limit while mails continue", async () => {
    expect(await texted({ email, phone: "+4930123456", phoneVerified: true }, { perCustomerDay: 2 }, 4)).to.equal(2);
  });
});

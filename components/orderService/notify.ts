import { type SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { SQSRecord } from "aws-lambda";
import { changesTold, mailOf, noticeId, type OrderNotice, smsOf } from "../../domain/order";
import type { Log } from "./http";
import type { OrderStore } from "./orderStore";

export interface Notifying {
  store: OrderStore;
  mails: SESv2Client;
  /** `Store name <orders@example.com>`. */
  from: string;
  /** Absent where no text messages are sent. */
  messages?: SNSClient;
  storeName: string;
  /** Changes that follow each other within so many seconds are told together. */
  gatherSeconds: number;
  log: Log;
}

/**
 * Tells the customer of one status change by mail, and by SMS if he gave a number, with those shortly before it; none
 * whose own notice tells this one too. The mail carries the changes' ids, since a notice may come twice.
 */
export async function notify(record: SQSRecord, notifying: Notifying): Promise<void> {
  const notice = JSON.parse(record.body) as OrderNotice;
  // The notice names nobody; the address is read where it is kept.
  const order = await notifying.store.item(notice.orderId, notice.region);
  if (!order) {
    notifying.log.warn("No order to tell of", { id: notice.id });
    return;
  }
  const { storeName, mails, from, messages } = notifying;
  const told = changesTold(order.history, notice.status, notifying.gatherSeconds);
  if (told.length === 0) return;
  const { subject, text } = mailOf(order, notice.status, storeName, told.slice(0, -1));
  await mails.send(
    new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: [order.contact.email] },
      Content: {
        Simple: {
          Subject: { Data: subject, Charset: "UTF-8" },
          Body: { Text: { Data: text, Charset: "UTF-8" } },
          Headers: [{ Name: "X-Notice-Id", Value: told.map((status) => noticeId(order.orderId, status)).join(", ") }],
        },
      },
    }),
  );
  if (messages && order.contact.phone) await sms(messages, order.contact.phone, smsOf(order, notice.status, storeName));
  notifying.log.info("Told the customer", { id: notice.id, changes: told.length });

  async function sms(client: SNSClient, phone: string, message: string): Promise<void> {
    try {
      await client.send(
        new PublishCommand({
          PhoneNumber: phone,
          Message: message,
          MessageAttributes: { "AWS.SNS.SMS.SMSType": { DataType: "String", StringValue: "Transactional" } },
        }),
      );
    } catch (error) {
      // The mail is out: trying again would send it twice for the sake of a number that may not take messages at all.
      notifying.log.error("A text message was not sent", {
        id: notice.id,
        error: error instanceof Error ? error.name : "unknown",
      });
    }
  }
}

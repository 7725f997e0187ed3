import { type SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { SQSRecord } from "aws-lambda";
import {
  mayText,
  notificationId,
  type OrderNotification,
  toGatheredChanges,
  toMail,
  toSms,
} from "../../../domain/order";
import { TransientError } from "../../runtime/transientError";
import type { Log } from "./http";
import type { OrderStore } from "./orderStore";

/** Longer than the notifier may run, shorter than the time after which the queue delivers a message again. */
const CLAIM_SECONDS = 60;

export interface TextMessages {
  client: SNSClient;
  /** E.164 prefixes of the numbers that may be texted. */
  countries: readonly string[];
  /** Also numbers that only the order names. */
  unverified: boolean;
  perCustomerDay: number;
}

export interface NotifyDeps {
  store: OrderStore;
  mails: SESv2Client;
  /** `Store name <orders@example.com>`. */
  from: string;
  /** Absent where no text messages are sent. */
  messages?: TextMessages;
  storeName: string;
  /** Changes that follow each other within so many seconds are told together. */
  gatherSeconds: number;
  log: Log;
}

/**
 * Notifies the customer of one status change by mail, and by SMS if they gave a number, together with the changes shortly before it;
 * not at all if a later change's notification covers this one, or if it has been sent: by another copy, another restart, or the peer
 * Region. The claim before and the record after cost two writes a mail. Only a notifier that dies in between sends it again.
 */
export async function notify(record: SQSRecord, notifying: NotifyDeps): Promise<void> {
  const notice = JSON.parse(record.body) as OrderNotification;
  const { storeName, mails, from, messages, store } = notifying;
  // The notice has no address; it is read where it is kept.
  const { orders, sent } = await store.notified(notice.orderId);
  const order = orders.find(({ region }) => region === notice.region);
  if (!order) {
    notifying.log.warn("Notification dropped: no such order", { id: notice.id, region: notice.region });
    return;
  }
  if (sent.has(notice.status)) return;
  const told = toGatheredChanges(order.history, notice.status, notifying.gatherSeconds).filter(
    (status) => !sent.has(status),
  );
  if (told.length === 0) return;
  const now = Date.now();
  const until = new Date(now + CLAIM_SECONDS * 1_000).toISOString();
  if (!(await store.claimNotice(order.orderId, notice.status, new Date(now).toISOString(), until))) {
    // Whether its holder succeeds is known only later: this copy must outlive it.
    throw new TransientError(`Another copy of the notification ${notice.id} is being sent.`);
  }
  const { subject, text } = toMail(order, notice.status, storeName, told.slice(0, -1));
  await mails.send(
    new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: [order.contact.email] },
      Content: {
        Simple: {
          Subject: { Data: subject, Charset: "UTF-8" },
          Body: { Text: { Data: text, Charset: "UTF-8" } },
          Headers: [
            { Name: "X-Notice-Id", Value: told.map((status) => notificationId(order.orderId, status)).join(", ") },
          ],
        },
      },
    }),
  );
  if (messages && order.contact.phone) await sms(messages, order.contact.phone, toSms(order, notice.status, storeName));
  await store.markSent(order.orderId, notice.status, told);
  notifying.log.info("Told the customer", { id: notice.id, changes: told.length });

  async function sms(texts: TextMessages, phone: string, message: string): Promise<void> {
    if (!mayText(phone, texts.countries) || !(texts.unverified || order?.contact.phoneVerified)) return;
    try {
      const at = new Date().toISOString();
      if (!(await store.takeRate("texts", notice.customerId, texts.perCustomerDay, at))) {
        notifying.log.info("Text message not sent: the customer's limit of the day is reached", { id: notice.id });
        return;
      }
      await texts.client.send(
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

import type * as pulumi from "@pulumi/pulumi";
import {
  DEFAULT_STORE_NAME,
  MAILS_PER_ORDER,
  type NotificationChannel,
  type NotificationTexts,
  ORDERS_PER_CUSTOMER_DAY,
  TEXT_MESSAGES_PER_CUSTOMER_DAY,
} from "../../../domain/order";
import { allowSendingAs } from "../../infrastructure/mailSender";
import { allowEverywhere } from "../../inlineFunction";
import type { Adapter } from "../adapter";
import type { OrderServiceArgs } from "../args";
import { connectMail } from "./mail";
import { connectSms, type SmsRules } from "./sms";

/** A channel, with what the notifier needs to use it. */
export interface ChannelAdapter extends Omit<Adapter<NotificationChannel>, "connect"> {
  /** As that of `Adapter`, with the caller's composers. */
  connect: (texts: NotificationTexts) => NotificationChannel;
}

/**
 * Lists the channels in the order in which they are used. Only these become part of the notifier's bundle.
 *
 * @param neighbourArn ARN of any resource in the account and Region.
 */
export function listNotificationChannels(
  {
    mail,
    storeName = DEFAULT_STORE_NAME,
    textMessages,
    ordersPerCustomerDay = ORDERS_PER_CUSTOMER_DAY,
  }: Pick<OrderServiceArgs, "mail" | "storeName" | "textMessages" | "ordersPerCustomerDay">,
  neighbourArn: pulumi.Output<string>,
): ChannelAdapter[] {
  const channels: ChannelAdapter[] = [];
  if (mail !== "off") {
    channels.push({
      environment: {
        MAIL_FROM: mail.from,
        STORE_NAME: storeName,
        MAILS_PER_DAY: String(mail.perCustomerDay ?? MAILS_PER_ORDER * ordersPerCustomerDay),
      },
      grants: allowSendingAs(mail.from, neighbourArn),
      connect: connectMail,
    });
  }
  if (textMessages) {
    const { countries, unverified = false, perCustomerDay = TEXT_MESSAGES_PER_CUSTOMER_DAY } = textMessages;
    const rules: SmsRules = { countries, unverified, perCustomerDay };
    channels.push({
      environment: { STORE_NAME: storeName, TEXT_MESSAGES: JSON.stringify(rules) },
      grants: [allowEverywhere("sns:Publish")],
      connect: connectSms,
    });
  }
  return channels;
}

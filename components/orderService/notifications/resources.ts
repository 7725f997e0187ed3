import type * as pulumi from "@pulumi/pulumi";
import {
  DEFAULT_STORE_NAME,
  MAILS_PER_ORDER,
  type NotificationChannel,
  ORDERS_PER_CUSTOMER_DAY,
  TEXT_MESSAGES_PER_CUSTOMER_DAY,
} from "../../../domain/order";
import { allowSendingAs } from "../../infrastructure/mailSender";
import { allowEverywhere } from "../../inlineFunction";
import type { Adapter } from "../adapter";
import type { OrderServiceArgs } from "../args";
import { connectMail } from "./mail";
import { connectSms, type SmsRules } from "./sms";

/**
 * Lists the channels in the order in which they are used. Only these become part of the notifier's bundle.
 *
 * @param neighbourArn ARN of any resource in the account and Region.
 */
export function listNotificationChannels(
  {
    mail,
    textMessages,
    ordersPerCustomerDay = ORDERS_PER_CUSTOMER_DAY,
  }: Pick<OrderServiceArgs, "mail" | "textMessages" | "ordersPerCustomerDay">,
  neighbourArn: pulumi.Output<string>,
): Adapter<NotificationChannel>[] {
  const channels: Adapter<NotificationChannel>[] = [
    {
      environment: {
        MAIL_FROM: mail.from,
        STORE_NAME: mail.storeName ?? DEFAULT_STORE_NAME,
        MAILS_PER_DAY: String(mail.perCustomerDay ?? MAILS_PER_ORDER * ordersPerCustomerDay),
      },
      grants: allowSendingAs(mail.from, neighbourArn),
      connect: connectMail,
    },
  ];
  if (textMessages) {
    const { countries, unverified = false, perCustomerDay = TEXT_MESSAGES_PER_CUSTOMER_DAY } = textMessages;
    const rules: SmsRules = { countries, unverified, perCustomerDay };
    channels.push({
      environment: { TEXT_MESSAGES: JSON.stringify(rules) },
      grants: [allowEverywhere("sns:Publish")],
      connect: connectSms,
    });
  }
  return channels;
}

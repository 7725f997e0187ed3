import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  type CustomerNotification,
  mayText,
  type NotificationChannel,
  type NotificationTexts,
  type OrderItem,
  toRefundSms,
  toSms,
} from "../../../domain/order";
import { sendOnce, setting, traced } from "../handlers/clients";

/** Rules about which numbers receive text messages, and how many. */
export interface SmsRules {
  /** E.164 prefixes of the numbers that may be texted. */
  countries: readonly string[];
  /** Also numbers that only the order names. */
  unverified: boolean;
  perCustomerDay: number;
}

/** Text messages through SNS. A failed one is not retried: the number may accept no messages at all. */
export class SmsChannel implements NotificationChannel {
  readonly name = "sms";
  readonly retried = false;
  readonly perCustomerDay: number;

  constructor(
    private readonly client: SNSClient,
    private readonly rules: SmsRules,
    private readonly storeName: string,
    private readonly texts: Pick<NotificationTexts, "sms" | "refundSms"> = {},
  ) {
    this.perCustomerDay = rules.perCustomerDay;
  }

  reaches({ contact: { phone, phoneVerified } }: OrderItem): boolean {
    const { countries, unverified } = this.rules;
    return phone !== undefined && mayText(phone, countries) && (unverified || phoneVerified === true);
  }

  private compose(notification: CustomerNotification): string {
    const { storeName: store, texts } = this;
    const { order } = notification;
    if ("refund" in notification) {
      const { refund } = notification;
      const own = toRefundSms(order, refund, store);
      return texts.refundSms?.(own, { order, refund, store }) ?? own;
    }
    const { status, earlier } = notification;
    const own = toSms(order, status, store);
    return texts.sms?.(own, { order, status, earlier, store }) ?? own;
  }

  async send(notification: CustomerNotification): Promise<void> {
    await this.client.send(
      new PublishCommand({
        PhoneNumber: notification.order.contact.phone,
        Message: this.compose(notification),
        MessageAttributes: { "AWS.SNS.SMS.SMSType": { DataType: "String", StringValue: "Transactional" } },
      }),
    );
  }
}

export const connectSms = (texts: NotificationTexts): NotificationChannel =>
  new SmsChannel(
    traced(new SNSClient(sendOnce)),
    JSON.parse(setting("TEXT_MESSAGES")) as SmsRules,
    setting("STORE_NAME"),
    texts,
  );

import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import {
  type CustomerNotification,
  type NotificationChannel,
  type NotificationTexts,
  notificationId,
  toMail,
} from "../../../domain/order";
import { sendOnce, setting, traced } from "../handlers/clients";

/** Mails through SES. A failed mail is retried; each attempt counts. */
export class MailChannel implements NotificationChannel {
  readonly name = "mail";
  readonly retried = true;

  constructor(
    private readonly client: SESv2Client,
    /** `Store name <orders@example.com>`. */
    private readonly from: string,
    private readonly storeName: string,
    readonly perCustomerDay: number,
    private readonly compose: Required<NotificationTexts>["mail"] = (mail) => mail,
  ) {}

  reaches(): boolean {
    return true;
  }

  async send({ order, status, earlier }: CustomerNotification): Promise<void> {
    const own = toMail(order, status, this.storeName, earlier);
    const { subject, text, html } = this.compose(own, { order, status, earlier, store: this.storeName });
    const ids = [...earlier, status].map((change) => notificationId(order.orderId, change));
    await this.client.send(
      new SendEmailCommand({
        FromEmailAddress: this.from,
        Destination: { ToAddresses: [order.contact.email] },
        Content: {
          Simple: {
            Subject: { Data: subject, Charset: "UTF-8" },
            Body: {
              Text: { Data: text, Charset: "UTF-8" },
              ...(html !== undefined && { Html: { Data: html, Charset: "UTF-8" } }),
            },
            Headers: [{ Name: "X-Notification-Id", Value: ids.join(", ") }],
          },
        },
      }),
    );
  }
}

export const connectMail = (texts: NotificationTexts): NotificationChannel =>
  new MailChannel(
    traced(new SESv2Client(sendOnce)),
    setting("MAIL_FROM"),
    setting("STORE_NAME"),
    Number(setting("MAILS_PER_DAY")),
    texts.mail,
  );

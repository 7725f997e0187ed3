import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import {
  type CustomerNotification,
  type Mail,
  type NotificationChannel,
  type NotificationTexts,
  notificationId,
  refundChange,
  toMail,
  toRefundMail,
} from "../../../domain/order";
import { toSimpleMail } from "../../runtime/toSimpleMail";
import { sendOnce, setting, traced } from "../handlers/clients";

/** Mails through SES. A failed mail is retried; each attempt counts where mails are counted. */
export class MailChannel implements NotificationChannel {
  readonly name = "mail";
  readonly retried = true;

  constructor(
    private readonly client: SESv2Client,
    /** `Store name <orders@example.com>`. */
    private readonly from: string,
    private readonly storeName: string,
    /** Absent: the limit of orders and the statuses of an order bound the mails, and they are not counted. */
    readonly perCustomerDay?: number,
    private readonly texts: Pick<NotificationTexts, "mail" | "refundMail"> = {},
  ) {}

  reaches(): boolean {
    return true;
  }

  private compose(notification: CustomerNotification): Mail {
    const { storeName: store, texts } = this;
    const { order } = notification;
    if ("refund" in notification) {
      const { refund } = notification;
      const own = toRefundMail(order, refund, store);
      return texts.refundMail?.(own, { order, refund, store }) ?? own;
    }
    const { status, earlier } = notification;
    const own = toMail(order, status, store, earlier);
    return texts.mail?.(own, { order, status, earlier, store }) ?? own;
  }

  async send(notification: CustomerNotification): Promise<void> {
    const { order } = notification;
    const changes =
      "refund" in notification
        ? [refundChange(notification.refund.refundId)]
        : [...notification.earlier, notification.status];
    const ids = changes.map((change) => notificationId(order.orderId, change));
    await this.client.send(
      new SendEmailCommand({
        FromEmailAddress: this.from,
        Destination: { ToAddresses: [order.contact.email] },
        Content: {
          Simple: {
            ...toSimpleMail(this.compose(notification)),
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
    process.env.MAILS_PER_DAY === undefined ? undefined : Number(process.env.MAILS_PER_DAY),
    texts,
  );

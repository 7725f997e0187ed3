import type { OrderItem, RefundItem } from "../items";
import type { CustomerStatus } from "../status";

/** One notification of a customer: a status change, and earlier changes that no notification has covered; or a refund that was made. */
export type CustomerNotification = StatusNotification | { order: OrderItem; refund: RefundItem };

export interface StatusNotification {
  order: OrderItem;
  status: CustomerStatus;
  /** Oldest first. */
  earlier: readonly CustomerStatus[];
}

/** Port to a way of notifying customers. */
export interface NotificationChannel {
  /** Names the channel in log lines and in the key of its limit. */
  readonly name: string;
  /** Notifications to one customer on one UTC day, counted in each Region by a write each. Absent: no limit, no write. */
  readonly perCustomerDay?: number;
  /**
   * True if a failure has the whole notification sent again, through every channel of its queue; at most the first of them may be so.
   * Otherwise a failure is logged, and the notification counts as sent. A channel with its own queue is always retried.
   */
  readonly retried: boolean;
  /** True if the order has an address of this channel that may be used. */
  reaches(order: OrderItem): boolean;
  send(notification: CustomerNotification): Promise<void>;
}

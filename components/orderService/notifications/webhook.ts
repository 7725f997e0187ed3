import { lookup as resolve } from "node:dns";
import { type RequestOptions, request as requestPlain } from "node:http";
import { request as requestSecurely } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { Webhook } from "standardwebhooks";
import {
  type CustomerNotification,
  type NotificationChannel,
  notificationId,
  type OrderItem,
  type RefundItem,
  refundChange,
} from "../../../domain/order";
import { readSecret } from "../../runtime/secrets";
import { TransientError } from "../../runtime/transientError";
import { setting } from "../handlers/clients";

/** Body of a webhook about an order. It has no name, address, e-mail or card. */
export interface OrderWebhook {
  /** `order.` and the status in lower case, such as `order.shipped`; or `order.refunded`. */
  type: string;
  /** ISO 8601 UTC: when the order became so. */
  timestamp: string;
  data: Pick<OrderItem, "orderId" | "customerId" | "status" | "lines" | "total" | "createdAt"> & {
    shipment: Pick<OrderItem["shipment"], "carrier" | "trackingNumber">;
    /** The refund that was made. Its reason, a free text, is left out. */
    refund?: Pick<RefundItem, "refundId" | "amount" | "lines" | "shipping" | "tax">;
  };
}

export function toOrderWebhook(notification: CustomerNotification): OrderWebhook {
  const { orderId, customerId, status, lines, total, createdAt, updatedAt, history, shipment } = notification.order;
  const { carrier, trackingNumber } = shipment;
  const data = { orderId, customerId, status, lines, total, createdAt, shipment: { carrier, trackingNumber } };
  if ("refund" in notification) {
    const { refundId, amount, lines: refunded, shipping: isShipping, tax, updatedAt: timestamp } = notification.refund;
    const refund = { refundId, amount, lines: refunded, shipping: isShipping, tax };
    return { type: "order.refunded", timestamp, data: { ...data, refund } };
  }
  const { status: changed } = notification;
  const timestamp = history.findLast((entry) => entry.status === changed)?.at ?? updatedAt;
  return { type: `order.${changed.toLowerCase()}`, timestamp, data: { ...data, status: changed } };
}

/** An endpoint, as the notifier's environment has it. */
export interface WebhookEndpoint {
  url: string;
  /** Parameter with the secrets, separated by spaces; each signs. */
  secretsParameter: string;
  /** After this many milliseconds without an answer a delivery has failed. */
  timeoutMs: number;
  /** Also addresses of private networks. */
  internal: boolean;
}

/** Addresses that no receiver outside the function has: this host, its link (Lambda's and EC2's own services), groups. */
const LOCAL = blockList([
  ...["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  // IPv6 addresses that contain one of IPv4, by translation or tunnel, may lead to any of these.
  ...["::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fe80::/10", "fec0::/10", "ff00::/8"],
]);
const PRIVATE = blockList([
  "10.0.0.0/8",
  "100.64.0.0/10",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "fc00::/7",
]);

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    list.addSubnet(address, Number(prefix), address.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}

/**
 * Standard Webhooks (https://www.standardwebhooks.com) to a customer's own system, with the id `orderId-STATUS` or `orderId-refund-ID`, the same for each copy.
 * Only a status of 200 to 299 is a success; no redirect is followed.
 */
export class WebhookChannel implements NotificationChannel {
  readonly name: string;
  readonly retried = true;
  private readonly url: URL;
  private readonly isLoopback: boolean;

  constructor(
    endpoint: string,
    private readonly options: Omit<WebhookEndpoint, "secretsParameter"> & {
      secrets: () => Promise<readonly string[]>;
      /** Also `http://127.0.0.1`: the local run's receiver. */
      loopback?: boolean;
      lookup?: typeof resolve;
    },
  ) {
    this.name = `webhook-${endpoint}`;
    this.url = new URL(options.url);
    const { protocol, hostname, username, password } = this.url;
    this.isLoopback = options.loopback === true && ["127.0.0.1", "localhost"].includes(hostname);
    if (username !== "" || password !== "" || (protocol !== "https:" && !this.isLoopback)) {
      throw new Error(`The address of the webhook ${endpoint} must begin with https:// and have no user name.`);
    }
  }

  reaches(): boolean {
    return true;
  }

  async send(notification: CustomerNotification): Promise<void> {
    const change = "refund" in notification ? refundChange(notification.refund.refundId) : notification.status;
    const id = notificationId(notification.order.orderId, change);
    const at = new Date();
    const body = JSON.stringify(toOrderWebhook(notification));
    const signatures = (await this.options.secrets()).map((secret) => new Webhook(secret).sign(id, at, body));
    const status = await this.post(body, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "user-agent": "stayopen-webhooks",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      "webhook-signature": signatures.join(" "),
    });
    if (status < 200 || status > 299) throw new TransientError(`The webhook ${this.name} was answered with ${status}.`);
  }

  /** Posts once and returns the status. The body of an answer is not read. */
  private async post(body: string, headers: NonNullable<RequestOptions["headers"]>): Promise<number> {
    const { url } = this;
    const host = url.hostname.replace(/^\[|\]$/g, "");
    // A name is checked when it is resolved, below; an address is not resolved.
    if (isIP(host) !== 0) this.refuseInternal(host);
    const { promise, resolve: answered, reject } = Promise.withResolvers<number>();
    const request = (url.protocol === "https:" ? requestSecurely : requestPlain)(
      url,
      {
        ...{ method: "POST", headers, agent: false, lookup: this.lookup },
        signal: AbortSignal.timeout(this.options.timeoutMs),
      },
      (response) => {
        answered(response.statusCode ?? 0);
        response.destroy();
      },
    );
    request.on("error", reject);
    request.end(body);
    try {
      return await promise;
    } catch (error) {
      const reason = error instanceof Error && error.name === "AbortError" ? "time-out" : String(error);
      throw new TransientError(`The webhook ${this.name} was not answered: ${reason}.`);
    }
  }

  /** Resolves a name for the connection itself, so that it cannot lead elsewhere afterwards. */
  private readonly lookup: LookupFunction = (hostname, options, callback) => {
    const { lookup = resolve } = this.options;
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      try {
        for (const { address } of addresses) this.refuseInternal(address);
      } catch (refusal) {
        return callback(refusal as Error, []);
      }
      const [first] = addresses;
      if (options.all) callback(null, addresses);
      else callback(null, first!.address, first!.family);
    });
  };

  private refuseInternal(address: string): void {
    if (this.isLoopback) return;
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const refused = LOCAL.check(address, family) || (!this.options.internal && PRIVATE.check(address, family));
    if (refused) throw new Error(`its address ${address} is internal`);
  }
}

export function connectWebhook(_texts: unknown, endpoint: string): NotificationChannel {
  const { secretsParameter, ...options } = (JSON.parse(setting("WEBHOOKS")) as Record<string, WebhookEndpoint>)[
    endpoint
  ]!;
  return new WebhookChannel(endpoint, {
    ...options,
    secrets: async () => (await readSecret(secretsParameter)).split(" "),
    // An endpoint of AWS's own is set where AWS is emulated on this machine.
    loopback: process.env.AWS_ENDPOINT_URL !== undefined,
  });
}

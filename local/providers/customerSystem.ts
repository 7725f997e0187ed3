import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import type { Answer, ProviderSecrets } from "./contract";

/** A webhook that the customer's system has accepted. */
export interface ReceivedWebhook {
  /** `webhook-id`: a copy has the same. */
  id: string;
  type: string;
  body: string;
  /** ISO 8601 UTC. */
  at: string;
}

/** Path on the shipping provider's server. */
export const CUSTOMER_SYSTEM_PATH = "/customer-system/webhooks";

const keptWebhooks = 1_000;

/** Derives the signing secret, so that data folders of earlier versions need no other one. */
export function customerSystemSecret({
  shippingWebhookSecret,
}: Pick<ProviderSecrets, "shippingWebhookSecret">): string {
  return `whsec_${createHash("sha256").update(`customer's system ${shippingWebhookSecret}`).digest("base64")}`;
}

/** A customer's own system: accepts the store's webhooks with a valid signature, each id once. */
export class CustomerSystem {
  private readonly webhooks = new Map<string, ReceivedWebhook>();
  private readonly webhook: Webhook;
  private status: number | undefined;
  /** Requests, refused ones included. */
  requests = 0;

  constructor(
    secrets: Pick<ProviderSecrets, "shippingWebhookSecret">,
    private readonly log: (line: string) => void,
  ) {
    this.webhook = new Webhook(customerSystemSecret(secrets));
  }

  /** Accepted webhooks, oldest first (the last 1,000). */
  received(): ReceivedWebhook[] {
    return [...this.webhooks.values()];
  }

  /** Answers every request with this status from now on; `undefined` accepts them again. */
  refuse(status: number | undefined): void {
    this.status = status;
  }

  receive(headers: IncomingHttpHeaders, body: string): Answer {
    this.requests += 1;
    if (this.status !== undefined) return { status: this.status, body: { error: "unavailable" } };
    try {
      const { type } = this.webhook.verify(body, headers as Record<string, string>) as { type: string };
      const id = String(headers["webhook-id"]);
      if (!this.webhooks.has(id)) this.webhooks.set(id, { id, type, body, at: new Date().toISOString() });
      const [oldest] = this.webhooks.keys();
      if (this.webhooks.size > keptWebhooks && oldest !== undefined) this.webhooks.delete(oldest);
      this.log(`customer's system: ${type} ${id}`);
      return { status: 200, body: {} };
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      return { status: 401, body: { error: "unauthorized", detail: error.message } };
    }
  }
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  DEFAULT_STORE_NAME,
  type NotificationChannel,
  type NotificationTexts,
  TEXT_MESSAGES_PER_CUSTOMER_DAY,
} from "../../../domain/order";
import { type ArgumentChecks, WEBHOOK_URL } from "../../arguments/checks";
import { allowSendingAs, SENDER } from "../../infrastructure/mailSender";
import { allow, allowEverywhere } from "../../inlineFunction";
import type { Adapter } from "../adapter";
import type { NotificationWebhookArgs, OrderMailArgs, OrderServiceArgs } from "../args";
import { connectMail } from "./mail";
import { connectSms, type SmsRules } from "./sms";
import { connectWebhook, type WebhookEndpoint } from "./webhook";

/** A channel, with what the notifier needs to use it. */
export interface ChannelAdapter extends Omit<Adapter<NotificationChannel>, "connect"> {
  /** As that of `Adapter`, with the caller's composers, and the suffix of the channel's own queue if it has one. */
  connect: (texts: NotificationTexts, suffix: string) => NotificationChannel;
  /**
   * A queue for this channel alone, so that its retries and pauses delay no other channel (`deliver`). Absent: the channel shares a queue
   * with the others (`notify`).
   */
  ownQueue?: {
    suffix: string;
    /** Values that a message's attributes must have. Default: every message. */
    only?: Record<string, string[]>;
  };
}

type NotificationArgs = Pick<OrderServiceArgs, "mail" | "storeName" | "texts" | "textMessages" | "webhooks">;

/** Checks the arguments of all channels that are known before deployment. */
export function validateNotifications(
  checks: ArgumentChecks,
  { mail, texts, textMessages, webhooks = {} }: NotificationArgs,
): void {
  if (typeof mail === "object") {
    checks.fields("mail", mail, MAIL_FIELDS);
    checks.text({ "mail.from": mail.from ?? "" }, SENDER);
    checks.wholeNumber({ "mail.gatherSeconds": mail.gatherSeconds }, [0, 900], "SQS delays a message no longer");
    checks.wholeNumber({ "mail.perCustomerDay": mail.perCustomerDay }, [1]);
  } else if (mail !== "off") {
    throw checks.violation("mail", `is ${JSON.stringify(mail)}`, 'have `from`, or be "off"');
  }
  if (texts !== undefined && typeof texts !== "function") {
    throw checks.violation(
      "texts",
      `is ${typeof texts}`,
      "be a function that returns composers, such as `() => ({ mail: composeMail })`",
    );
  }
  for (const [index, prefix] of (textMessages?.countries ?? []).entries()) {
    checks.text({ [`textMessages.countries[${index}]`]: prefix }, E164_PREFIX);
  }
  checks.wholeNumber({ "textMessages.perCustomerDay": textMessages?.perCustomerDay }, [1]);
  for (const [endpoint, webhook] of Object.entries(webhooks)) validateWebhook(checks, endpoint, webhook);
  validateSize(checks, webhooks);
}

/** Settings of all webhooks are in the environment of the one notifier. */
function validateSize(checks: ArgumentChecks, webhooks: NonNullable<NotificationArgs["webhooks"]>): void {
  const bytes = Object.entries(webhooks).reduce((sum, [endpoint, { url }]) => {
    const address = typeof url === "string" ? url.length : UNKNOWN_URL_BYTES;
    return sum + NAMES_OF_WEBHOOK * endpoint.length + address + REST_OF_WEBHOOK_BYTES;
  }, 0);
  if (bytes <= MOST_WEBHOOK_BYTES) return;
  throw checks.violation(
    "webhooks",
    `takes about ${bytes} bytes of the notifier's environment`,
    `take at most ${MOST_WEBHOOK_BYTES}: have fewer endpoints, or shorter names and addresses`,
    "Lambda allows 4 KB",
  );
}

/** A webhook's name is in the names of its parameter and queue, too. */
const NAMES_OF_WEBHOOK = 5;
/** ARN and address of the queue, and the settings beside the address. */
const REST_OF_WEBHOOK_BYTES = 270;
const UNKNOWN_URL_BYTES = 60;
/** The function's other variables take the rest. */
const MOST_WEBHOOK_BYTES = 3_000;

const MAIL_FIELDS: Record<keyof OrderMailArgs, true> = { from: true, gatherSeconds: true, perCustomerDay: true };
const E164_PREFIX = { pattern: /^\+[1-9]\d{0,6}$/, description: 'an E.164 prefix, such as "+49"' };

function validateWebhook(checks: ArgumentChecks, endpoint: string, webhook: NotificationWebhookArgs): void {
  const argument = `webhooks.${endpoint}`;
  if (!/^[a-zA-Z0-9-]{1,30}$/.test(endpoint)) {
    throw checks.violation(argument, "is no name", "be named by letters, digits and -, 30 at most");
  }
  if (endpoint === "failed") {
    throw checks.violation(argument, "is taken", "have another name", "the queue of dead letters is named so");
  }
  checks.fields(argument, webhook, WEBHOOK_FIELDS);
  checks.text({ [`${argument}.url`]: webhook.url ?? null }, WEBHOOK_URL);
  checks.between(
    { [`${argument}.timeoutSeconds`]: webhook.timeoutSeconds },
    [1, 10],
    "the notifier's function stops after 30 seconds",
  );
  if (webhook.customerIds !== undefined && !Array.isArray(webhook.customerIds)) {
    throw checks.violation(`${argument}.customerIds`, "is no list", "be a list of customers' ids");
  }
  checks.notEmpty({ [`${argument}.customerIds`]: webhook.customerIds }, "name customers, or be left out");
  if ((webhook.customerIds?.length ?? 0) > MOST_CUSTOMERS) {
    throw checks.violation(`${argument}.customerIds`, "has more than 150 ids", "be split", "SNS filters by no more");
  }
  if (!Array.isArray(webhook.secrets)) return;
  if (webhook.secrets.length < 1 || webhook.secrets.length > 2) {
    const state = `has ${webhook.secrets.length} secrets`;
    throw checks.violation(`${argument}.secrets`, state, "have one signing secret, or two during a rotation");
  }
  for (const [index, each] of webhook.secrets.entries()) {
    if (typeof each !== "string" || SIGNING_SECRET.test(each)) continue;
    // No error shows a secret's value.
    throw checks.violation(
      `${argument}.secrets[${index}]`,
      "has another form",
      "be a signing secret, whsec_ and base64",
    );
  }
}

const WEBHOOK_FIELDS: Record<keyof NotificationWebhookArgs, true> = {
  url: true,
  secrets: true,
  customerIds: true,
  timeoutSeconds: true,
  internal: true,
};
/** Values that a filter policy of SNS may combine. */
const MOST_CUSTOMERS = 150;
const SIGNING_SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;

/**
 * Lists the channels in the order in which they are used. Only these become part of the notifier's bundle.
 *
 * @param neighbourArn ARN of any resource in the account and Region.
 */
export function listNotificationChannels(
  name: string,
  { mail, storeName = DEFAULT_STORE_NAME, textMessages, webhooks = {} }: NotificationArgs,
  neighbourArn: pulumi.Output<string>,
  parent: pulumi.Resource,
): ChannelAdapter[] {
  const channels: ChannelAdapter[] = [];
  if (mail !== "off") {
    channels.push({
      environment: {
        MAIL_FROM: mail.from,
        STORE_NAME: storeName,
        ...(mail.perCustomerDay !== undefined && { MAILS_PER_DAY: String(mail.perCustomerDay) }),
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
  channels.push(...createWebhooks(name, webhooks, parent));
  return channels;
}

function createWebhooks(
  name: string,
  webhooks: Record<string, NotificationWebhookArgs>,
  parent: pulumi.Resource,
): ChannelAdapter[] {
  const endpoints = Object.entries(webhooks).map(([endpoint, args]) => {
    const secrets = new aws.ssm.Parameter(
      `${name}-webhook-${endpoint}`,
      {
        type: "SecureString",
        value: pulumi.output(args.secrets).apply((all) => all.join(" ")),
        description: "Signs webhooks to customers. Read by the notifier of the order service.",
      },
      { parent },
    );
    return { endpoint, args, secrets };
  });
  const settings = endpoints.map(({ endpoint, args, secrets }) =>
    pulumi.all([args.url, secrets.name]).apply(([url, secretsParameter]): [string, WebhookEndpoint] => {
      const { timeoutSeconds = 5, internal = false } = args;
      return [endpoint, { url, secretsParameter, timeoutMs: timeoutSeconds * 1_000, internal }];
    }),
  );
  const environment = { WEBHOOKS: pulumi.all(settings).apply((all) => JSON.stringify(Object.fromEntries(all))) };
  return endpoints.map(({ endpoint, args: { customerIds }, secrets }) => ({
    environment,
    grants: [allow(secrets, "ssm:GetParameter")],
    connect: connectWebhook,
    ownQueue: { suffix: endpoint, only: customerIds && { customerId: customerIds } },
  }));
}

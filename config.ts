import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type {
  DomainArgs,
  NotificationWebhookArgs,
  OrderServiceArgs,
  RegionalFailoverArgs,
  StripePaymentArgs,
  WafArgs,
} from "./components";
import { minorDigits } from "./domain/money";

/** A payment or shipping provider: the store calls it, and it calls the store's webhook. */
export interface ProviderConfig {
  /** `https://…`, without a trailing slash. */
  endpoint: string;
  /** Sent as a bearer token. */
  apiKey: pulumi.Output<string>;
  /** Signs the provider's webhooks (Standard Webhooks, `whsec_…`). */
  webhookSecret: pulumi.Output<string>;
}

/**
 * Regions of the store. `single`: one Region. `primary`: owns the resources that both Regions share. `secondary`: uses
 * those of the primary. Primary and secondary take over from each other.
 */
export type Topology =
  | { kind: "single" }
  | {
      kind: "primary";
      peerRegion: string;
      /** Stack of the peer Region, whose addresses are known only from its outputs without a domain. */
      secondaryStack?: string;
    }
  | {
      kind: "secondary";
      peerRegion: string;
      /** Stack that owns the shared resources. */
      primaryStack: string;
    };

/** Settings of a stack. `Pulumi.STACK.yaml` documents each setting. */
export interface StackConfig {
  region: string;
  currency: string;
  mailFrom: string;
  /** SES identity with which Cognito sends its mails as `mailFrom`. Absent: Cognito's default sender. */
  mailIdentityArn?: string;
  payment: ProviderConfig | StripePaymentArgs;
  shipping: ProviderConfig;
  /** Shipping methods that customers choose from. Absent: prices include delivery. */
  shippingMethods?: OrderServiceArgs["shippingMethods"];
  /** Taxes of products and shipping. Absent: none are shown. */
  tax?: OrderServiceArgs["tax"];
  /** Text messages to customers. Absent: none are sent. */
  textMessages?: OrderServiceArgs["textMessages"];
  /** Customers' own systems that are notified of orders. Absent: none. */
  webhooks?: OrderServiceArgs["webhooks"];
  /** Orders that a customer may place on one day, in each Region. Absent: the component's default. */
  ordersPerCustomerDay?: number;
  /** Seconds within which changes of an order share a mail. Absent: `OrderService`'s default. */
  mailGatherSeconds?: number;
  /** OIDC issuer that signs customers in instead of Cognito. */
  oidc?: { issuer: string; audience: string; clientId: string };
  search: { instanceType: string; instanceCount: number; volumeGiB: number };
  /** Deletion protection, point-in-time recovery and retained data. */
  protectData: boolean;
  /** Overrides for the waits of the order workflow. */
  orderWaits?: OrderServiceArgs["waits"];
  /** Overrides for the deadlines after which the sweeper checks an order. */
  orderDeadlines?: OrderServiceArgs["deadlines"];
  /** Generations of the card key. Only in the stack that creates it. Absent: the first one. */
  cardKeys?: OrderServiceArgs["cardKeys"];
  /** Role that alone may change the card keys' policies. Absent: administrators may. */
  breakGlassRoleArn?: string;
  /** Encrypts tables with orders and customers with keys of this account. Only in the stack that creates them. */
  tableKey: boolean;
  topology: Topology;
  /** Domain of the store, in a hosted zone of this account. Absent: AWS's names, and no failover of requests. */
  domain?: Omit<DomainArgs, "primary">;
  /** Secrets of which CloudFront sends the first to the APIs, which accept them all. Absent without a domain. */
  edgeSecrets?: pulumi.Output<string[]>;
  /** AWS WAF before the distribution. Absent: none. */
  waf?: WafArgs;
  /** Permissions boundary of every role of this stack. The pipeline's role cannot create a role without it. */
  permissionsBoundaryArn?: string;
  /** Secret path segment of the health routes; the same in both Regions. */
  checkKey: pulumi.Output<string>;
  /** Reserved concurrency of each function behind the health routes. Absent: none. */
  checkConcurrency?: number;
  /** Overrides for the timings of detection and takeover. */
  failoverTimings?: RegionalFailoverArgs["timings"];
  operation: {
    /** Mail addresses that receive this Region's alarms. */
    alarmMails?: string[];
    /** Base URL of the repository in front of `docs/runbooks/`, with a trailing slash. */
    runbooks?: string;
    /** Smallest impact in US dollars of a cost anomaly that is reported. Set it in one stack of an account. */
    costAnomalyUsd?: number;
    /** Creates a trail of all Regions. */
    auditTrail: boolean;
    /** Logs all requests to the distribution with viewers' addresses. */
    accessLog: boolean;
  };
}

/**
 * Reads the configuration of the stack.
 *
 * @throws {pulumi.RunError} for the first setting that is missing or invalid; the message names the key and gives an example.
 */
export function readConfig(): StackConfig {
  const config = new pulumi.Config("stayopen");
  const payment = paymentProvider(config);
  const region = text(new pulumi.Config("aws"), "region", REGION, "us-east-1");
  return {
    region,
    currency: currency(config),
    mailFrom: text(config, "mailFrom", /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/, "orders@example.com"),
    mailIdentityArn: optionalText(
      config,
      "mailIdentityArn",
      /^arn:aws[a-z-]*:ses:[a-z0-9-]+:\d{12}:identity\/\S+$/,
      "arn:aws:ses:us-east-1:123456789012:identity/example.com",
    ),
    payment,
    shipping: provider(config, "shipping"),
    shippingMethods: shippingMethods(config),
    tax: object(config, "tax", '{"pricesIncludeTax":true,"rates":[{"name":"VAT","percent":19}]}'),
    textMessages: textMessages(config),
    webhooks: webhooks(config),
    ordersPerCustomerDay: optionalInteger(config, "ordersPerCustomerDay", 1, 1_000_000),
    mailGatherSeconds: optionalInteger(config, "mailGatherSeconds", 0, 900),
    oidc: oidc(config),
    search: {
      instanceType: text(config, "searchInstanceType", /^[a-z0-9]+\.[a-z0-9]+\.search$/, "t3.small.search"),
      instanceCount: integer(config, "searchInstanceCount", 1, 80, 1),
      volumeGiB: integer(config, "searchVolumeGiB", 10, 1_000, 10),
    },
    protectData: boolean(config, "protectData", true),
    orderWaits: object(config, "orderWaits", '{"delivery":{"firstSeconds":60}}'),
    orderDeadlines: object(config, "orderDeadlines", '{"settlingSeconds":600}'),
    cardKeys: cardKeys(config),
    breakGlassRoleArn: optionalText(
      config,
      "breakGlassRoleArn",
      /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/,
      "arn:aws:iam::123456789012:role/break-glass",
    ),
    tableKey: primaryOnly(config, "tableKey", "creates the tables with their keys"),
    topology: topology(config, region),
    domain: domain(config),
    edgeSecrets: edgeSecrets(config),
    waf: waf(config),
    permissionsBoundaryArn: optionalText(
      config,
      "permissionsBoundaryArn",
      /^arn:aws[a-z-]*:iam::\d{12}:policy\/\S+$/,
      "arn:aws:iam::123456789012:policy/release-production-boundary",
    ),
    checkKey: checkKey(config),
    checkConcurrency: optionalInteger(config, "checkConcurrency", 1, 100),
    failoverTimings: object(config, "failoverTimings", '{"staleAfterSeconds":60}'),
    operation: {
      alarmMails: optionalText(
        config,
        "alarmMails",
        /^[^\s@<>,]+@[^\s@<>,]+(,[^\s@<>,]+@[^\s@<>,]+)*$/,
        "on-call@example.com,shop@example.com",
      )?.split(","),
      runbooks: optionalText(config, "runbooks", /^https:\/\/\S+\/$/, "https://git.example.com/store/blob/main/"),
      costAnomalyUsd: optionalInteger(config, "costAnomalyUsd", 1, 1_000_000),
      auditTrail: primaryOnly(config, "auditTrail", "has a trail that records this Region too"),
      accessLog: primaryOnly(config, "accessLog", "has the distribution"),
    },
  };
}

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const STACK = /^[\w.-]{1,100}$/;

function topology(config: pulumi.Config, ownRegion: string): Topology {
  const primaryStack = optionalText(config, "primaryStack", STACK, "prod-east");
  // A secondary must name the Region of its primary.
  const peerRegion =
    primaryStack === undefined
      ? optionalText(config, "peerRegion", REGION, "us-west-2")
      : text(config, "peerRegion", REGION, "us-east-1");
  if (peerRegion === undefined) return { kind: "single" };
  if (peerRegion === ownRegion) {
    throw invalid(config, "peerRegion", peerRegion, "us-west-2", "a Region other than aws:region");
  }
  if (primaryStack !== undefined) return { kind: "secondary", peerRegion, primaryStack };
  const secondaryStack = optionalText(config, "secondaryStack", STACK, "prod-west");
  if (secondaryStack !== undefined && config.get("domain") !== undefined) {
    throw new pulumi.RunError(
      `The setting "${config.name}:secondaryStack" is "${secondaryStack}", but with a domain the peer's addresses are known. Remove it: ` +
        `pulumi config rm ${config.name}:secondaryStack`,
    );
  }
  return { kind: "primary", peerRegion, ...(secondaryStack !== undefined && { secondaryStack }) };
}

/** Reads `cardKeys`: the current generation, then accepted ones. */
function cardKeys(config: pulumi.Config): StackConfig["cardKeys"] {
  const generations = optionalText(config, "cardKeys", /^[1-9]\d{0,3}(,[1-9]\d{0,3})*$/, "2,1");
  if (generations === undefined) return undefined;
  if (config.get("primaryStack") !== undefined) {
    throw new pulumi.RunError(
      `The setting "${config.name}:cardKeys" is "${generations}", but the primary's stack creates the keys. Set it there, and remove it ` +
        `here: pulumi config rm ${config.name}:cardKeys`,
    );
  }
  const [current, ...accepted] = generations.split(",").map(Number);
  return { current: current!, accepted };
}

function domain(config: pulumi.Config): StackConfig["domain"] {
  const name = optionalText(config, "domain", /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, "example.com");
  if (name === undefined) return undefined;
  return {
    name,
    zoneId: text(config, "zoneId", /^Z[A-Z0-9]{1,31}$/, "Z0123456789ABCDEFGHIJ"),
    routing: optionalText(config, "routing", /^(failover|latency|weighted)$/, "failover") as DomainArgs["routing"],
    weight: optionalInteger(config, "weight", 0, 255),
  };
}

/**
 * Reads the edge secrets, separated by commas. They are required with a domain, not derived from another secret: a change of that one
 * would change them at once in the Region that is updated first.
 */
function edgeSecrets(config: pulumi.Config): pulumi.Output<string[]> | undefined {
  if (config.get("domain") === undefined) return undefined;
  return secret(config, "edgeSecrets").apply((value) => value.split(","));
}

/** Reads `waf`: on under a domain, off otherwise. `StaticSite` validates an ARN and the fields of an object. */
function waf(config: pulumi.Config): WafArgs | undefined {
  const value = config.get("waf");
  if (config.get("primaryStack") !== undefined) {
    if (value === undefined) return undefined;
    throw new pulumi.RunError(
      `The setting "${config.name}:waf" is "${value}", but the primary's stack has the distribution. Set it there, and remove it ` +
        `here: pulumi config rm ${config.name}:waf`,
    );
  }
  if (value === "off" || (value === undefined && config.get("domain") === undefined)) return undefined;
  if (value === undefined || value === "on") return {};
  if (value.startsWith("arn:")) return { existingWebAclArn: value };
  return object(config, "waf", '{"rateLimits":{"orders":120}}', "on, off, the ARN of a web ACL, or a JSON object");
}

/** Reads a setting that is on where data are protected, except in a secondary, whose primary has the resource. */
function primaryOnly(config: pulumi.Config, key: string, primary: string): boolean {
  const isSecondary = config.get("primaryStack") !== undefined;
  const isOn = boolean(config, key, boolean(config, "protectData", true) && !isSecondary);
  if (!isOn || !isSecondary) return isOn;
  throw new pulumi.RunError(
    `The setting "${config.name}:${key}" is "true", but the primary's stack ${primary}. Remove it: pulumi config rm ${config.name}:${key}`,
  );
}

/**
 * Reads the check key, or derives it from the payment provider's webhook secret. Both stacks have that secret, so the
 * derived key is the same in both Regions without reading outputs of the other stack.
 */
function checkKey(config: pulumi.Config): pulumi.Output<string> {
  const given = config.getSecret("checkKey");
  const derived = secret(config, "paymentWebhookSecret").apply((value) =>
    createHmac("sha256", value).update("stayopen health routes").digest("hex"),
  );
  return pulumi.secret(given ?? derived);
}

/** Reads Stripe's publishable key. No error shows it: it may be another kind of key by mistake. */
function publishableKey(config: pulumi.Config): string | undefined {
  const value = config.get("paymentPublishableKey");
  if (value === undefined || /^pk_\w+$/.test(value)) return value;
  throw new pulumi.RunError(
    `The setting "${config.name}:paymentPublishableKey" has the wrong format: every visitor reads it, so it must be a publishable key. ` +
      `Set it, for example: pulumi config set ${config.name}:paymentPublishableKey pk_live_51AbC`,
  );
}

/** Reads Stripe's account with `paymentProvider: stripe`, or else a provider behind the HTTP contract. */
function paymentProvider(config: pulumi.Config): ProviderConfig | StripePaymentArgs {
  const name = optionalText(config, "paymentProvider", /^(stripe|http)$/, "stripe");
  if (name !== "stripe") {
    if (config.get("paymentPublishableKey") === undefined) return provider(config, "payment");
    throw new pulumi.RunError(
      `The setting "${config.name}:paymentPublishableKey" is set, but the payment provider is not Stripe. Remove it: ` +
        `pulumi config rm ${config.name}:paymentPublishableKey`,
    );
  }
  const endpoint = config.get("paymentEndpoint");
  if (endpoint !== undefined) {
    throw new pulumi.RunError(
      `The setting "${config.name}:paymentEndpoint" is "${endpoint}", but Stripe's address is known. Remove it: ` +
        `pulumi config rm ${config.name}:paymentEndpoint`,
    );
  }
  return {
    kind: "stripe",
    apiKey: secret(config, "paymentApiKey"),
    webhookSecrets: [secret(config, "paymentWebhookSecret")],
    returnUrl: text(config, "paymentReturnUrl", /^https?:\/\/\S+$/, "https://www.example.com/orders/{orderId}?new"),
    publishableKey: publishableKey(config),
  };
}

function provider(config: pulumi.Config, kind: "payment" | "shipping"): ProviderConfig {
  return {
    // Card data is sent to the payment provider: only loopback addresses may do without TLS.
    endpoint: text(
      config,
      `${kind}Endpoint`,
      /^(https:\/\/[^/\s]+(\/\S*[^/\s])?|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)$/,
      `https://${kind}.example.com`,
    ),
    apiKey: secret(config, `${kind}ApiKey`),
    webhookSecret: secret(config, `${kind}WebhookSecret`),
  };
}

/** Reads `shippingMethods`. `OrderService` validates the fields of each; a method must have a price in the store's currency. */
function shippingMethods(config: pulumi.Config): StackConfig["shippingMethods"] {
  const example = '[{"id":"standard","name":"Standard","price":{"USD":490}}]';
  const methods = json<NonNullable<StackConfig["shippingMethods"]>>(
    config,
    "shippingMethods",
    example,
    Array.isArray,
    "a JSON list",
  );
  const code = currency(config);
  const unpriced = methods?.find(
    (method) => typeof method?.price === "object" && method.price !== null && !Object.hasOwn(method.price, code),
  );
  if (unpriced === undefined) return methods;
  throw new pulumi.RunError(
    `The setting "${config.name}:shippingMethods" has no price of "${unpriced.id}" in ${code}, the store's currency. Set it, for example: ` +
      `pulumi config set ${config.name}:shippingMethods '${example.replace("USD", code)}'`,
  );
}

function textMessages(config: pulumi.Config): StackConfig["textMessages"] {
  const countries = optionalText(config, "textMessageCountries", /^\+[1-9]\d{0,6}(,\+[1-9]\d{0,6})*$/, "+49,+43");
  if (countries === undefined) return undefined;
  return {
    countries: countries.split(","),
    unverified: boolean(config, "textMessagesUnverified", false),
    perCustomerDay: optionalInteger(config, "textMessagesPerCustomerDay", 1, 1_000),
  };
}

/** Reads `webhooks`, whose signing secrets are a secret setting of their own. The component validates their fields. */
function webhooks(config: pulumi.Config): StackConfig["webhooks"] {
  const example = '{"erp":{"url":"https://erp.example.com/hooks"}}';
  const endpoints = object<Record<string, Omit<NotificationWebhookArgs, "secrets">>>(config, "webhooks", example);
  if (endpoints === undefined) return undefined;
  const all = secret(config, "webhookSecrets").apply((text) => secretsOf(config, text));
  return Object.fromEntries(
    Object.entries(endpoints).map(([name, endpoint]) => [
      name,
      {
        ...endpoint,
        secrets: all.apply((secrets) => (Object.hasOwn(secrets, name) ? secrets[name]! : missingSecret(config, name))),
      },
    ]),
  );
}

/** No error shows the text, which has secrets. */
function secretsOf(config: pulumi.Config, text: string): Record<string, string[]> {
  try {
    const secrets = JSON.parse(text) as Record<string, string[]>;
    const isWhole = Object.values(secrets).every(
      (each) => Array.isArray(each) && [1, 2].includes(each.length) && each.every((one) => /^whsec_\S+$/.test(one)),
    );
    if (isWhole) return secrets;
  } catch {
    // Reported below.
  }
  throw new pulumi.RunError(
    `The setting "${config.name}:webhookSecrets" must be a JSON object with one or two signing secrets for each webhook. Set it, for example: ` +
      `pulumi config set --secret ${config.name}:webhookSecrets '{"erp":["whsec_…"]}'`,
  );
}

function missingSecret(config: pulumi.Config, name: string): never {
  throw new pulumi.RunError(
    `The setting "${config.name}:webhookSecrets" has no secret for "${name}" of ${config.name}:webhooks. Add it, for example: ` +
      `pulumi config set --secret ${config.name}:webhookSecrets '{"${name}":["whsec_…"]}'`,
  );
}

function oidc(config: pulumi.Config): StackConfig["oidc"] {
  const issuer = optionalText(config, "oidcIssuer", /^https:\/\/\S+$/, "https://login.example.com");
  if (issuer === undefined) return undefined;
  return {
    issuer,
    audience: text(config, "oidcAudience", /^\S+$/, "https://store.example.com"),
    clientId: text(config, "oidcClientId", /^\S+$/, "storefront"),
  };
}

/** Reads the currency. Unknown codes are refused, because the storefront needs the number of minor digits. */
function currency(config: pulumi.Config): string {
  const code = text(config, "currency", /^[A-Z]{3}$/, "USD");
  if (minorDigits(code) === undefined) throw invalid(config, "currency", code, "USD");
  return code;
}

function text(config: pulumi.Config, key: string, form: RegExp, example: string): string {
  const value = config.get(key);
  if (value === undefined) throw missing(config, key, example);
  if (!form.test(value)) throw invalid(config, key, value, example);
  return value;
}

function optionalText(config: pulumi.Config, key: string, form: RegExp, example: string): string | undefined {
  return config.get(key) === undefined ? undefined : text(config, key, form, example);
}

function secret(config: pulumi.Config, key: string): pulumi.Output<string> {
  const value = config.getSecret(key);
  if (value === undefined) {
    throw new pulumi.RunError(
      `The setting "${config.name}:${key}" is missing. Set it: pulumi config set --secret ${config.name}:${key} VALUE`,
    );
  }
  return value;
}

function integer(config: pulumi.Config, key: string, min: number, max: number, fallback: number): number {
  return optionalInteger(config, key, min, max) ?? fallback;
}

function optionalInteger(config: pulumi.Config, key: string, min: number, max: number): number | undefined {
  const value = config.get(key);
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) throw invalid(config, key, value, String(min), `${min} to ${max}`);
  return number;
}

function boolean(config: pulumi.Config, key: string, fallback: boolean): boolean {
  const value = config.get(key);
  if (value === undefined) return fallback;
  if (value !== "true" && value !== "false") throw invalid(config, key, value, "true", "true or false");
  return value === "true";
}

/** Reads a JSON object. The component that receives it validates its fields. */
function object<T extends object>(
  config: pulumi.Config,
  key: string,
  example: string,
  allowed = "a JSON object",
): T | undefined {
  const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  return json(config, key, example, isObject, allowed);
}

function json<T>(
  config: pulumi.Config,
  key: string,
  example: string,
  fits: (value: unknown) => boolean,
  allowed: string,
): T | undefined {
  const text = config.get(key);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (fits(value)) return value as T;
  } catch {
    // Reported below, with an example.
  }
  throw invalid(config, key, text, `'${example}'`, allowed);
}

const missing = (config: pulumi.Config, key: string, example: string) =>
  new pulumi.RunError(
    `The setting "${config.name}:${key}" is missing. Set it, for example: pulumi config set ${config.name}:${key} ${example}`,
  );

const invalid = (config: pulumi.Config, key: string, value: string, example: string, allowed?: string) =>
  new pulumi.RunError(
    `The setting "${config.name}:${key}" is "${value}"${allowed ? `, but must be ${allowed}` : ", which has the wrong format"}. ` +
      `Set it, for example: pulumi config set ${config.name}:${key} ${example}`,
  );

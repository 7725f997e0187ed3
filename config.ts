import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { DomainArgs, OrderServiceArgs, RegionalFailoverArgs } from "./components";
import { minorDigits } from "./domain/money";

/** An outside system that the store calls and that calls the store's webhook. */
export interface ProviderConfig {
  /** `https://…`, without a trailing slash. */
  endpoint: string;
  /** Sent as a bearer token. */
  apiKey: pulumi.Output<string>;
  /** Signs the system's webhooks (Standard Webhooks, `whsec_…`). */
  webhookSecret: pulumi.Output<string>;
}

/** What a stack can set; `Pulumi.STACK.yaml` documents each setting where it stands. */
export interface StackConfig {
  region: string;
  currency: string;
  mailFrom: string;
  /** SES identity by which Cognito sends its own mails as `mailFrom`. Absent: by Cognito's sender. */
  mailIdentityArn?: string;
  payment: ProviderConfig;
  shipping: ProviderConfig;
  /** The customer's own sign-in instead of Cognito. */
  oidc?: { issuer: string; audience: string; clientId: string };
  search: { instanceType: string; instanceCount: number; volumeGiB: number };
  /** Deletion protection, point-in-time recovery and retained data. */
  protectData: boolean;
  /** Waits of the order workflow that differ from the component's, and when its sweeper looks. */
  orderWaits?: OrderServiceArgs["waits"];
  orderDeadlines?: OrderServiceArgs["deadlines"];
  /** The Region that takes over when this one closes, and this one for it. Absent: the store lives in one Region. */
  peer?: {
    region: string;
    /** Set in the secondary alone: the stack that owns what both Regions share. */
    primaryStack?: string;
  };
  /** The store's own names, in a hosted zone of this account. Absent: AWS's names, and no failover of requests. */
  domain?: Omit<DomainArgs, "primary">;
  /** Managed policy that no role of this stack may exceed; a release's role makes no role without it. */
  permissionsBoundaryArn?: string;
  /** Path segment of the health routes that strangers must not know; the same in both Regions. */
  checkKey: pulumi.Output<string>;
  /** Calls at the same time that the functions behind the health routes have for themselves. Absent: none. */
  checkConcurrency?: number;
  /** Timings of detection and takeover that differ from the component's. */
  failoverTimings?: RegionalFailoverArgs["timings"];
  /** Who hears of alarms, and what is kept for an audit. */
  operation: {
    /** Addresses that get this Region's alarms. */
    alarmMails?: string[];
    /** Where people read `docs/runbooks/`, with a slash at its end. */
    runbooks?: string;
    /** An unusual bill is told from this impact on; in one stack of an account. */
    costAnomalyUsd?: number;
    /** One trail of all Regions; in one stack of an account. */
    auditTrail: boolean;
  };
}

/**
 * Reads a stack's configuration. What is missing or wrong stops the program with one sentence that names the key and
 * gives an example, before any resource is registered.
 *
 * @throws {pulumi.RunError} for the first setting that is missing or wrong.
 */
export function readConfig(): StackConfig {
  const config = new pulumi.Config("stayopen");
  const payment = outsideSystem(config, "payment");
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
    shipping: outsideSystem(config, "shipping"),
    oidc: oidc(config),
    search: {
      instanceType: text(config, "searchInstanceType", /^[a-z0-9]+\.[a-z0-9]+\.search$/, "t3.small.search"),
      instanceCount: integer(config, "searchInstanceCount", 1, 80, 1),
      volumeGiB: integer(config, "searchVolumeGiB", 10, 1_000, 10),
    },
    protectData: boolean(config, "protectData", true),
    orderWaits: object(config, "orderWaits", '{"delivery":{"firstSeconds":60}}'),
    orderDeadlines: object(config, "orderDeadlines", '{"settlingSeconds":600}'),
    peer: peer(config, region),
    domain: domain(config),
    permissionsBoundaryArn: optionalText(
      config,
      "permissionsBoundaryArn",
      /^arn:aws[a-z-]*:iam::\d{12}:policy\/\S+$/,
      "arn:aws:iam::123456789012:policy/release-production-boundary",
    ),
    checkKey: checkKey(config, payment),
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
      auditTrail: boolean(config, "auditTrail", false),
    },
  };
}

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

function peer(config: pulumi.Config, own: string): StackConfig["peer"] {
  const primaryStack = optionalText(config, "primaryStack", /^[\w.-]{1,100}$/, "prod-east");
  // Whoever joins a primary must say which Region that is.
  const region =
    primaryStack === undefined
      ? optionalText(config, "peerRegion", REGION, "us-west-2")
      : text(config, "peerRegion", REGION, "us-east-1");
  if (region === undefined) return undefined;
  if (region === own) throw wrong(config, "peerRegion", region, "us-west-2", "another Region than aws:region");
  return { region, primaryStack };
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
 * Both stacks know the payment provider's webhook secret, so a key derived from it is the same in both Regions without either stack
 * reading the other's outputs.
 */
function checkKey(config: pulumi.Config, payment: ProviderConfig): pulumi.Output<string> {
  const given = config.getSecret("checkKey");
  const derived = payment.webhookSecret.apply((secret) =>
    createHmac("sha256", secret).update("stayopen health routes").digest("hex"),
  );
  return pulumi.secret(given ?? derived);
}

function outsideSystem(config: pulumi.Config, system: "payment" | "shipping"): ProviderConfig {
  return {
    // Card data goes there: only a process on this very machine may be spoken to without TLS.
    endpoint: text(
      config,
      `${system}Endpoint`,
      /^(https:\/\/[^/\s]+(\/\S*[^/\s])?|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)$/,
      `https://${system}.example.com`,
    ),
    apiKey: secret(config, `${system}ApiKey`),
    webhookSecret: secret(config, `${system}WebhookSecret`),
  };
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

/** The code is refused here too, or a page would show amounts without knowing their digits. */
function currency(config: pulumi.Config): string {
  const code = text(config, "currency", /^[A-Z]{3}$/, "USD");
  if (minorDigits(code) === undefined) throw wrong(config, "currency", code, "USD");
  return code;
}

function text(config: pulumi.Config, key: string, form: RegExp, example: string): string {
  const value = config.get(key);
  if (value === undefined) throw missing(config, key, example);
  if (!form.test(value)) throw wrong(config, key, value, example);
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

function integer(config: pulumi.Config, key: string, least: number, most: number, otherwise: number): number {
  return optionalInteger(config, key, least, most) ?? otherwise;
}

function optionalInteger(config: pulumi.Config, key: string, least: number, most: number): number | undefined {
  const value = config.get(key);
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) throw wrong(config, key, value, String(least), `${least} to ${most}`);
  return number;
}

function boolean(config: pulumi.Config, key: string, otherwise: boolean): boolean {
  const value = config.get(key);
  if (value === undefined) return otherwise;
  if (value !== "true" && value !== "false") throw wrong(config, key, value, "true", "true or false");
  return value === "true";
}

/** A JSON object; the component that takes it checks what is in it. */
function object<T extends object>(config: pulumi.Config, key: string, example: string): T | undefined {
  const text = config.get(key);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as T;
  } catch {
    // Said below, with an example.
  }
  throw wrong(config, key, text, `'${example}'`, "a JSON object");
}

const missing = (config: pulumi.Config, key: string, example: string) =>
  new pulumi.RunError(
    `The setting "${config.name}:${key}" is missing. Set it, for example: pulumi config set ${config.name}:${key} ${example}`,
  );

const wrong = (config: pulumi.Config, key: string, value: string, example: string, allowed?: string) =>
  new pulumi.RunError(
    `The setting "${config.name}:${key}" is "${value}"${allowed ? `, but must be ${allowed}` : ", which is not of the right form"}. ` +
      `Set it, for example: pulumi config set ${config.name}:${key} ${example}`,
  );

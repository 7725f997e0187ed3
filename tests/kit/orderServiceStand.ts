import "../../disablePromiseTraces";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { OrderService, type OrderServiceArgs } from "../../components/orderService";
import type { PaymentElement, PaymentOrigins } from "../../domain/order";
import { lookUps } from "./registeredResources";

export type Inputs = Record<string, unknown>;
export interface Statement {
  Action: string | string[];
  Resource: string | string[];
  Condition?: unknown;
  Sid?: string;
}

const publicKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .publicKey.export({ type: "spki", format: "der" })
  .toString("base64");

export const usual: OrderServiceArgs = {
  auth: { authorizer: { name: "authorizer", invokeArn: "arn:aws:apigateway:us-east-1:lambda:path/authorizer" } },
  catalogue: { tableName: "products", tableArn: "arn:aws:dynamodb:us-east-1:123456789012:table/products" },
  payment: { endpoint: "https://payment.example.com", apiKey: "p-key", webhookSecret: "whsec_cA==" },
  shipping: { endpoint: "https://shipping.example.com", apiKey: "s-key", webhookSecret: "whsec_cw==" },
  mail: { from: "orders@example.com" },
};

/** The text of a function's bundle. */
export async function bundleOf({ code }: Inputs): Promise<string> {
  const assets = await (code as pulumi.asset.AssetArchive).assets;
  return readFileSync(await (assets["index.js"] as pulumi.asset.FileAsset).path, "utf8");
}

export type Registered = Awaited<ReturnType<typeof register>>;

/** Registers an OrderService with mocked outputs. */
export async function register(changes: Partial<OrderServiceArgs> = {}) {
  const resources: { type: string; name: string; inputs: Inputs }[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        const service = type.split(/[:/]/)[1] ?? "";
        const arn = `arn:aws:${service}:us-east-1:123456789012:${name}`;
        const known = { arn, name: inputs.name ?? name, url: `https://queue/${name}`, keyId: "mrk-1", invokeArn: arn };
        return {
          id: `${name}-id`,
          state: { ...known, streamArn: `${arn}/stream/1`, apiEndpoint: "https://api", ...inputs },
        };
      },
      call: ({ inputs }) => ({ ...inputs, publicKey }),
    },
    "store",
    "test",
  );
  let outputs:
    | {
        url: string;
        card: { keyId: string; jwk: { kty: string } };
        paymentElement?: { settings: PaymentElement; origins: PaymentOrigins };
      }
    | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    const orders = new OrderService("orders", { ...usual, ...changes });
    const { url, card, paymentElement } = orders;
    outputs = await new Promise((resolve) => pulumi.output({ url, card, paymentElement }).apply(resolve));
    return {};
  });
  await pulumi.runtime.disconnect();
  const { of, named } = lookUps(resources);
  const statements = (name: string) =>
    (JSON.parse(String(named("RolePolicy", `orders-${name}-grants`)["policy"])) as { Statement: Statement[] })
      .Statement;
  const actions = (name: string) => statements(name).flatMap(({ Action }) => Action);
  return { outputs: outputs!, resources, of, named, statements, actions };
}

/** The functions of the usual store. */
export const functions = [
  "submit",
  "read",
  "cancel",
  "account",
  "refund",
  "refunder",
  "webhooks",
  "resume",
  "health",
  "authorize",
  "settle",
  "ship",
  "dispatcher",
  "sweeper",
  "eraser",
  "takeover",
  "notifier",
  "invoice",
  "invoicer",
];

let usualStore: Promise<Registered> | undefined;

/**
 * Registers the usual store before the tests of a `describe`, once for all files of a process: the first registration builds all
 * bundles.
 */
export function onUsualStore(): { made: Registered } {
  const stand = {} as { made: Registered };
  before(async function () {
    this.timeout(180_000);
    usualStore ??= register();
    stand.made = await usualStore;
  });
  return stand;
}

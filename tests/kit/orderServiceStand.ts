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
        const known = {
          arn,
          name: inputs.name ?? name,
          url: `https://queue/${name}`,
          keyId: "mrk-1",
          invokeArn: arn,
          bucket: name,
        };
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

const stores = new Map<object, Promise<Registered>>();

/** Registers a store before the tests of a `describe`, once for all files of a process. */
function onStore(changes: Partial<OrderServiceArgs>): { made: Registered } {
  const stand = {} as { made: Registered };
  before(async function () {
    this.timeout(180_000);
    const store = stores.get(changes) ?? register(changes);
    stores.set(changes, store);
    stand.made = await store;
  });
  return stand;
}

const unchanged = {};

/** The usual store. Its first registration builds all bundles. */
export const onUsualStore = () => onStore(unchanged);

export const REGIONS_TABLE_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/regions";

const replicated: Partial<OrderServiceArgs> = {
  replicaRegions: ["us-west-2"],
  regions: { tableName: pulumi.output("regions"), tableArn: pulumi.output(REGIONS_TABLE_ARN) },
  storeName: "Teas & Kettles",
  sweepEveryMinutes: 1,
  functions: { invoicer: { timeoutSeconds: 60 } },
};

/** A store with a replica in another Region, and with settings of its own. */
export const onReplicatedStore = () => onStore(replicated);

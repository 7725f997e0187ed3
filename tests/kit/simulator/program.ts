import "../../../disablePromiseTraces";
import { createPublicKey, generateKeyPairSync } from "node:crypto";

import kms = require("@aws-sdk/client-kms");
import s3 = require("@aws-sdk/client-s3");
import ses = require("@aws-sdk/client-sesv2");
import sns = require("@aws-sdk/client-sns");
import ssm = require("@aws-sdk/client-ssm");

import * as pulumi from "@pulumi/pulumi";
import * as bundling from "../../../components/inlineFunction/bundle/bundle";
import { OrderService, type OrderServiceArgs } from "../../../components/orderService";
import { RegionalFailover } from "../../../components/regionalFailover";
import * as clients from "../../../components/runtime/clients";
import * as lambdaClient from "../../../components/runtime/lambdaClient";
import * as stepFunctionsClient from "../../../components/runtime/stepFunctionsClient";
import type { Workflow } from "../../../workflows/statesLanguage";
import { answerReview } from "./storeCheck";

type Inputs = Record<string, unknown>;
type Handler = (event: unknown, context: unknown) => unknown;

/** One Lambda function as the components declare it. */
export interface SimulatedFunction {
  name: string;
  arn: string;
  /** Makes the callback, as a cold start does. */
  factory: () => Handler;
  environment: Record<string, string>;
  timeoutSeconds: number;
  /** Of asynchronous calls. */
  retries: number;
  maxAgeSeconds: number;
  /** Queue that an asynchronous call goes to when its retries are used up. */
  failureQueueArn?: string;
}

export interface SimulatedQueue {
  name: string;
  arn: string;
  delaySeconds: number;
  visibilitySeconds: number;
  /** Receives before a message goes to the dead-letter queue; absent for a queue without one. */
  attempts?: number;
  deadLetterArn?: string;
}

export interface SimulatedSubscription {
  topicArn: string;
  queueArn: string;
  /** Values of message attributes that the subscription lets through. */
  only?: Record<string, string[]>;
}

/** A queue or a table's stream that calls a function. */
export interface SimulatedMapping {
  sourceArn: string;
  functionArn: string;
  batchSize: number;
  retries: number;
  failureQueueArn?: string;
  /** Of a stream: event names and kinds that are let through. */
  filter?: { events: string[]; kinds: string[]; regions?: string[] };
}

/** Resources of one Region's stack that work on orders. */
export interface SimulatedStack {
  region: string;
  functions: Map<string, SimulatedFunction>;
  queues: Map<string, SimulatedQueue>;
  subscriptions: SimulatedSubscription[];
  mappings: SimulatedMapping[];
  /** ARN of the state machine and its definition. */
  workflow: { arn: string; definition: Workflow<string> };
  sweepEveryMinutes: number;
}

export const REGIONS = ["us-east-1", "us-west-2"] as const;
export type SimulatedRegion = (typeof REGIONS)[number];

export const TABLES = {
  orders: "orders-orders",
  cards: "orders-cards",
  stock: "orders-stock",
  products: "products",
  regions: "regions",
};
/** Price of the products that are not free, in cents. */
const PRICE = 3_490;
/** The catalogue: what each product costs, in cents. */
export const PRODUCTS = { kettle: PRICE, leaflet: 0, teapot: PRICE, cup: PRICE, sticker: 0 } as const;
/** Products that are sold from counted units. */
export const COUNTED = ["teapot", "cup", "sticker"] as const satisfies (keyof typeof PRODUCTS)[];

export const CARD_KEY_ID = "mrk-0123456789abcdef";
export const PAYMENT_URL = "https://payment.simulated";
const SHIPPING_URL = "https://shipping.simulated";
export const WEBHOOK_SECRETS = {
  payment: "whsec_cGF5bWVudC1zaW11bGF0ZWQ=",
  shipping: "whsec_c2hpcHBpbmctc2ltdWxhdGVk",
};
const ORDER_LIMIT = 50;
const REVIEW_LIMIT_SECONDS = 300;

/** Shorter than in production, so that a schedule sees every deadline, and the sweeper meets executions that still run. */
const SETTINGS = {
  deadlines: { settlingSeconds: 8 * 60, travellingSeconds: 3600 },
  waits: {
    payment: { firstSeconds: 10, maxSeconds: 300, limitSeconds: 1800 },
    delivery: { firstSeconds: 300, maxSeconds: 1800, maxPolls: 20 },
  },
} satisfies Partial<OrderServiceArgs>;

export const cardKeyPair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicKey = cardKeyPair.publicKey.export({ type: "spki", format: "der" }).toString("base64");
export const cardJwk = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" }).export({
  format: "jwk",
});

export const tableArn = (region: string, name: string) => `arn:aws:dynamodb:${region}:123456789012:table/${name}`;
const CHECK_KEY = "0123456789abcdef0123456789abcdef";
export const healthUrl = (region: string) => `https://api.${region}.simulated/${CHECK_KEY}/regions/health`;

/** Pulumi marks a secret input by this key; its value stands beside it. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

function withoutSecrecy(inputs: Inputs): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      const isSecret = typeof value === "object" && value !== null && SECRET_MARK in value;
      return [name, isSecret ? (value as unknown as { value: unknown }).value : value];
    }),
  );
}

type Stacks = Record<SimulatedRegion, SimulatedStack>;
let stacks: Promise<Stacks> | undefined;
let reviewedStacks: Promise<Stacks> | undefined;

/**
 * Declares both Regions' stacks under Pulumi's mocks, once for each process.
 *
 * @param isReviewed the stacks of a store with its own check between Authorize and Capture.
 */
export async function loadStacks(isReviewed: boolean): Promise<Stacks> {
  if (stacks === undefined) shareClients();
  stacks ??= declareBoth(false);
  // One after the other: the mocks are the process's.
  if (isReviewed) reviewedStacks ??= stacks.then(() => declareBoth(true));
  return await (isReviewed ? reviewedStacks! : stacks);
}

async function declareBoth(isReviewed: boolean): Promise<Stacks> {
  const [east, west] = REGIONS;
  return { [east]: await declare(east, west, isReviewed), [west]: await declare(west, east, isReviewed) } as Stacks;
}

/** Making an AWS client takes as long as ten simulated calls. They keep no state here, so all functions share one for each configuration. */
function shareClients(): void {
  for (const [module, name] of [
    [kms, "KMSClient"],
    [s3, "S3Client"],
    [ses, "SESv2Client"],
    [sns, "SNSClient"],
    [ssm, "SSMClient"],
  ] as unknown as [Record<string, new (limits?: object) => object>, string][]) {
    const made = new Map<string, object>();
    module[name] = new Proxy(module[name]!, {
      construct: (Client, [limits = {}]: [object?]) => {
        const key = JSON.stringify(limits);
        const client = made.get(key) ?? new Client(limits);
        made.set(key, client);
        return client;
      },
    });
  }
  const creators: [Record<string, unknown>, string][] = [
    [clients, "createDocumentClient"],
    [lambdaClient, "createLambdaClient"],
    [stepFunctionsClient, "createStepFunctionsClient"],
  ];
  for (const [module, name] of creators) {
    const create = module[name] as (limits: object) => object;
    const made = new Map<string, object>();
    module[name] = (limits: object) => {
      const key = JSON.stringify(limits);
      const client = made.get(key) ?? create(limits);
      made.set(key, client);
      return client;
    };
  }
}

async function declare(region: SimulatedRegion, peer: SimulatedRegion, isReviewed: boolean): Promise<SimulatedStack> {
  const resources: { type: string; name: string; inputs: Inputs }[] = [];
  const factories = new Map<string, () => Handler>();
  const module = bundling as { bundle: typeof bundling.bundle };
  const { bundle } = module;
  // Only the callbacks are needed; the bundles have tests of their own.
  module.bundle = ((factory: () => Handler, { name }: { name: string }) => {
    factories.set(name, factory);
    return pulumi.output({ file: __filename, map: __filename });
  }) as unknown as typeof bundling.bundle;
  const arnOf = (type: string, name: string, inputs: Inputs): string => {
    const [, service = "", kind = ""] = type.split(/[:/]/);
    const physical = String(inputs["name"] ?? name);
    const prefix = `arn:aws:${service === "sfn" ? "states" : service}:${region}:123456789012`;
    if (type.endsWith(":Function")) return `${prefix}:function:${physical}`;
    if (type.endsWith(":StateMachine")) return `${prefix}:stateMachine:${physical}`;
    return kind === "queue" || kind === "topic" ? `${prefix}:${physical}` : `${prefix}:${kind}/${physical}`;
  };
  try {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          resources.push({ type, name, inputs: withoutSecrecy(inputs) });
          const arn = arnOf(type, name, inputs);
          return {
            id: `${name}-id`,
            state: {
              ...{ arn, name: inputs.name ?? name, url: arn, invokeArn: arn, bucket: name },
              apiEndpoint: `https://api.${region}.simulated`,
              ...inputs,
            },
          };
        },
        call: ({ inputs }) => ({ ...inputs, publicKey }),
      },
      "store",
      region === REGIONS[0] ? "prod-east" : "prod-west",
    );
    await pulumi.runtime.runInPulumiStack(async () => {
      declareStore(region, peer, isReviewed);
      return {};
    });
    await pulumi.runtime.disconnect();
  } finally {
    module.bundle = bundle;
  }
  return toStack(region, resources, factories, arnOf);
}

function declareStore(region: SimulatedRegion, peer: SimulatedRegion, isReviewed: boolean): void {
  const table = (name: string) => ({ name, arn: tableArn(region, name) });
  const orders = new OrderService("orders", {
    ...SETTINGS,
    auth: { authorizer: { name: "authorizer", invokeArn: "arn:aws:apigateway:region:lambda:path/authorizer" } },
    catalogue: { tableName: TABLES.products, tableArn: tableArn(region, TABLES.products) },
    payment: { endpoint: PAYMENT_URL, apiKey: "payment-key", webhookSecret: WEBHOOK_SECRETS.payment },
    shipping: { endpoint: SHIPPING_URL, apiKey: "shipping-key", webhookSecret: WEBHOOK_SECRETS.shipping },
    mail: { from: "orders@example.com" },
    ...(isReviewed && { review: { callbackFactory: () => answerReview, limitSeconds: REVIEW_LIMIT_SECONDS } }),
    ordersPerCustomerDay: ORDER_LIMIT,
    existingData: {
      orders: { ...table(TABLES.orders), streamArn: `${tableArn(region, TABLES.orders)}/stream` },
      cards: table(TABLES.cards),
      stock: { ...table(TABLES.stock), streamArn: `${tableArn(region, TABLES.stock)}/stream` },
      cardKey: { keyId: CARD_KEY_ID, arn: `arn:aws:kms:${region}:123456789012:key/${CARD_KEY_ID}` },
    },
    peerRegions: [peer],
  });
  new RegionalFailover("failover", {
    regions: { tableName: pulumi.output(TABLES.regions), tableArn: pulumi.output(tableArn(region, TABLES.regions)) },
    peerRegions: [peer],
    services: { orders: { api: orders.api, check: orders.functions.check }, catalogue: { api: orders.api } },
    checkKey: CHECK_KEY,
    takeover: orders.functions.takeover,
    settings: {
      currency: "USD",
      card: orders.card,
      auth: { kind: "cognito", region, userPoolId: "pool", clientId: "client" } as never,
    },
    onReturn: [{ functionArn: orders.functions.sweeper.arn }],
  });
}

function toStack(
  region: string,
  resources: { type: string; name: string; inputs: Inputs }[],
  factories: Map<string, () => Handler>,
  arnOf: (type: string, name: string, inputs: Inputs) => string,
): SimulatedStack {
  const of = (type: string) => resources.filter((resource) => resource.type.endsWith(`:${type}`));
  const calls = new Map(of("FunctionEventInvokeConfig").map(({ inputs }) => [String(inputs["functionName"]), inputs]));
  const functions = of("Function").map(({ type, name, inputs }): SimulatedFunction => {
    const physical = String(inputs["name"]);
    const call = calls.get(physical);
    return {
      name: name.replace(/-function$/, ""),
      arn: arnOf(type, name, inputs),
      factory: factories.get(name.replace(/-function$/, ""))!,
      environment: (inputs["environment"] as { variables: Record<string, string> } | undefined)?.variables ?? {},
      timeoutSeconds: Number(inputs["timeout"]),
      retries: Number(call?.["maximumRetryAttempts"] ?? 2),
      maxAgeSeconds: Number(call?.["maximumEventAgeInSeconds"] ?? 21_600),
      failureQueueArn:
        (inputs["deadLetterConfig"] as { targetArn?: string } | undefined)?.targetArn ??
        (call?.["destinationConfig"] as { onFailure?: { destination?: string } } | undefined)?.onFailure?.destination,
    };
  });
  const queues = of("Queue").map(({ type, name, inputs }): SimulatedQueue => {
    const redrive = inputs["redrivePolicy"]
      ? (JSON.parse(String(inputs["redrivePolicy"])) as { deadLetterTargetArn: string; maxReceiveCount: number })
      : undefined;
    return {
      name,
      arn: arnOf(type, name, inputs),
      delaySeconds: Number(inputs["delaySeconds"] ?? 0),
      visibilitySeconds: Number(inputs["visibilityTimeoutSeconds"] ?? 30),
      attempts: redrive?.maxReceiveCount,
      deadLetterArn: redrive?.deadLetterTargetArn,
    };
  });
  const subscriptions = of("TopicSubscription").map(
    ({ inputs }): SimulatedSubscription => ({
      topicArn: String(inputs["topic"]),
      queueArn: String(inputs["endpoint"]),
      only: inputs["filterPolicy"] ? JSON.parse(String(inputs["filterPolicy"])) : undefined,
    }),
  );
  const arnOfFunction = (given: string) =>
    functions.find(({ arn }) => given === arn || arn.endsWith(`:function:${given}`))!.arn;
  const mappings = of("EventSourceMapping").map(({ inputs }): SimulatedMapping => {
    const [first] = (inputs["filterCriteria"] as { filters: { pattern: string }[] } | undefined)?.filters ?? [];
    const pattern = first && JSON.parse(first.pattern);
    return {
      sourceArn: String(inputs["eventSourceArn"]),
      functionArn: arnOfFunction(String(inputs["functionName"])),
      batchSize: Number(inputs["batchSize"]),
      retries: Number(inputs["maximumRetryAttempts"] ?? -1),
      failureQueueArn: (inputs["destinationConfig"] as { onFailure?: { destinationArn?: string } } | undefined)
        ?.onFailure?.destinationArn,
      filter: pattern && {
        events: pattern.eventName,
        kinds: pattern.dynamodb.NewImage.kind.S,
        regions: pattern.dynamodb.NewImage.region?.S,
      },
    };
  });
  const [machine] = of("StateMachine");
  return {
    region,
    functions: new Map(functions.map((each) => [each.arn, each])),
    queues: new Map(queues.map((each) => [each.arn, each])),
    subscriptions,
    mappings,
    workflow: {
      arn: arnOf(machine!.type, machine!.name, machine!.inputs),
      definition: JSON.parse(String(machine!.inputs["definition"])),
    },
    sweepEveryMinutes: 5,
  };
}

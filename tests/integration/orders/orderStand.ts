import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { CompactEncrypt, importJWK } from "jose";
import { OrderStore } from "../../../components/orderService/handlers/orderStore";
import { StockStore } from "../../../components/orderService/handlers/stock/stockStore";
import { type CardItem, cardHeader, type OrderItem, type OrderStatus, type OrderView } from "../../../domain/order";
import { emptyShare, type Share, type ShareItem, STOCK_SCHEMA, shareKey } from "../../../domain/stock";
import { type MiniStack, startMiniStack } from "../../../local/aws/emulator/supervisor";
import { type EventSources, startEventSources } from "../../../local/aws/eventSources";
import { type Deployed, deploy } from "../../../local/engine/deployer";
import { customerSystemSecret, type Providers, startProviders } from "../../../local/providers";
import { temporaryFolder } from "../../kit/temporaryFolder";

const REGION = "us-east-1";

const secrets = {
  paymentApiKey: "payment-key",
  shippingApiKey: "shipping-key",
  paymentWebhookSecret: `whsec_${Buffer.from("payment webhook secret of 32 chars").toString("base64")}`,
  shippingWebhookSecret: `whsec_${Buffer.from("shipping webhook secret of 32 char").toString("base64")}`,
};

/** Short waits for tests, yet long enough for a busy machine. */
const waits = {
  payment: { firstSeconds: 1, factor: 1.5, maxSeconds: 3, limitSeconds: 10 },
  delivery: { firstSeconds: 1, factor: 1.2, maxSeconds: 5, maxPolls: 40 },
  // One step takes the failures of both calls of its provider.
  retries: { firstSeconds: 1, factor: 1, maxSeconds: 1, attempts: 5 },
  refundRetries: { firstSeconds: 1, factor: 1, maxSeconds: 1, attempts: 2 },
};

export const goodCard = { number: "4242424242424242", expiry: "12/39", code: "123" };

/** The order service alone on one Region's emulator, with simulated providers: deployed bundles under their own roles. */
export interface OrderStand {
  providers: Providers;
  secrets: typeof secrets;
  /** Address of the API as a client sees it. */
  api: string;
  place(options?: PlaceOptions): Promise<Response & { orderId: string }>;
  call(
    method: string,
    path: string,
    options?: { customer?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Response>;
  order(orderId: string): Promise<OrderView>;
  item(orderId: string): Promise<OrderItem | undefined>;
  card(orderId: string): Promise<CardItem | undefined>;
  /** Waits until the order has this status. Rejects with its current status and execution. */
  until(orderId: string, status: OrderStatus, seconds?: number): Promise<OrderItem>;
  execution(
    orderId: string,
    epoch?: number,
  ): Promise<{ status?: string; error?: string; cause?: string; states: string[] } | undefined>;
  stopExecution(orderId: string, epoch?: number): Promise<void>;
  putProduct(product: Record<string, unknown>): Promise<void>;
  /** Writes this Region's share of a counted product. */
  putShare(productId: string, available: number): Promise<void>;
  shares(productId: string): Promise<Share[]>;
  /** Writes an order item without a condition, as replication does. */
  putOrder(item: OrderItem): Promise<void>;
  putCard(card: CardItem): Promise<void>;
  /** The Region's tables, with all permissions. */
  store: OrderStore;
  /** Waits for the order's deadline, and invokes the sweeper. */
  sweep(orderId: string): Promise<void>;
  /** @param customer owner of the card. Default: the customer of `call`. */
  sealCard(key: string, card?: typeof goodCard, customer?: string): Promise<string>;
  mails(orderId: string): Promise<{ subject: string; text: string; to: string[] }[]>;
  /** Returns the number of text messages about the order. */
  textMessages(orderId: string): Promise<number>;
  everything(): Promise<unknown[]>;
  deployment: Deployed;
  region: MiniStack;
  eventSources: EventSources;
  stop(): Promise<void>;
}

interface CapturedMail {
  Subject: string;
  BodyText: string;
  To: string[];
}

export interface PlaceOptions {
  key?: string;
  customer?: string;
  card?: typeof goodCard;
  payment?: unknown;
  body?: Record<string, unknown>;
  language?: string;
}

export interface StandOptions {
  /** File for every IAM decision. Default: none. */
  accessLog?: string;
  /** File for everything that AWS would bill. Default: none. */
  meter?: string;
  /** File for the durations of calls and of their parts. Default: none. */
  times?: string;
  /** Uses the component's default waits and deadlines, and longer steps of parcels. Default: false, short waits. */
  asDeployed?: boolean;
  /** Seconds for which changes are gathered into one mail; each step of a parcel takes longer. Default: 0. */
  gatherSeconds?: number;
  /** Has the program's own check asked before the money is captured; an order is then swept after 20 s. Default: false. */
  review?: boolean;
}

export async function startOrderStand({
  accessLog,
  meter,
  times,
  asDeployed,
  gatherSeconds = 0,
  review = false,
}: StandOptions = {}): Promise<OrderStand> {
  const dataDir = temporaryFolder("stayopen-orders");
  let api = "";
  const providers = await startProviders({
    secrets,
    webhookUrl: () => api || undefined,
    pace: { pendingMs: 2_000, shipmentStepMs: (asDeployed ? 1_500 : 700) + 2_000 * gatherSeconds },
  });
  const region = await startMiniStack({ region: REGION, dataDir, accessLog, meter, times });
  let eventSources: EventSources | undefined;
  const stop = async () => {
    await eventSources?.stop();
    await region.stop();
    await providers.stop();
  };
  try {
    const deployment = await deploy({
      directory: join(__dirname, "program"),
      stack: "dev",
      region: REGION,
      endpoints: { [REGION]: region.endpoint },
      config: {
        "ordertest:paymentEndpoint": providers.paymentUrl,
        "ordertest:shippingEndpoint": providers.shippingUrl,
        "ordertest:paymentApiKey": secrets.paymentApiKey,
        "ordertest:shippingApiKey": secrets.shippingApiKey,
        "ordertest:paymentWebhookSecret": secrets.paymentWebhookSecret,
        "ordertest:shippingWebhookSecret": secrets.shippingWebhookSecret,
        "ordertest:gatherSeconds": String(gatherSeconds),
        // The figures are those of a store without text messages, which are off by default, and without webhooks.
        "ordertest:textMessages": String(!asDeployed),
        ...(!asDeployed && {
          "ordertest:webhooks": JSON.stringify({
            erp: { url: providers.customerSystemUrl, secrets: [customerSystemSecret(secrets)] },
          }),
        }),
        "ordertest:waits": JSON.stringify(asDeployed ? {} : waits),
        "ordertest:deadlines": JSON.stringify(
          asDeployed ? {} : { settlingSeconds: review ? 20 : 1, travellingSeconds: 1 },
        ),
        "ordertest:review": String(review),
      },
    });
    eventSources = await startEventSources(deployment, { log: () => undefined });
    const apiId = deployment.resources.find(({ type }) => type === "aws:apigatewayv2/api:Api")!.id;
    api = `${region.endpoint}/_aws/execute-api/${apiId}/$default`;
    return { ...(await standOf(api, region, deployment, providers)), eventSources, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function standOf(
  api: string,
  region: MiniStack,
  deployment: Deployed,
  providers: Providers,
): Promise<Omit<OrderStand, "eventSources" | "stop">> {
  const outputs = deployment.outputs as {
    productsTable: string;
    ordersTable: string;
    cardsTable: string;
    stockTable: string;
    stateMachineArn: string;
    card: { keyId: string; jwk: { kty: string; n: string; e: string } };
    functions: Record<string, string>;
  };
  const client = {
    region: REGION,
    endpoint: region.endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
  const tables = DynamoDBDocumentClient.from(new DynamoDBClient(client), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const workflows = new SFNClient(client);
  const lambda = new LambdaClient(client);
  const executionArn = (orderId: string, epoch: number) =>
    `${outputs.stateMachineArn.replace(":stateMachine:", ":execution:")}:${orderId}-${epoch}`;

  const stand: Omit<OrderStand, "eventSources" | "stop"> = {
    providers,
    secrets,
    api,
    deployment,
    region,

    async call(method, path, { customer = "customer-ann", body, headers } = {}) {
      return await fetch(`${api}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${customer}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
      });
    },

    async place({ key = randomUUID(), customer, card = goodCard, payment, body, language } = {}) {
      const response = await stand.call("POST", "/api/orders", {
        customer,
        headers: { "Idempotency-Key": key, ...(language && { "Accept-Language": language }) },
        body: {
          lines: [{ productId: "kettle", quantity: 2 }],
          expectedTotal: { amount: 6_980, currency: "EUR" },
          shipping: {
            name: "Ann Example",
            street: "1 High Street",
            city: "Springfield",
            postalCode: "12345",
            country: "US",
          },
          contact: { email: "ann@example.com", phone: "+14155550100" },
          payment: payment ?? { kind: "card", card: await stand.sealCard(key, card, customer) },
          ...body,
        },
      });
      const answered = (await response.clone().json()) as { orderId?: string };
      return Object.assign(response, { orderId: answered.orderId ?? "" });
    },

    async order(orderId) {
      return (await (await stand.call("GET", `/api/orders/${orderId}`)).json()) as OrderView;
    },

    async item(orderId) {
      const { Item } = await tables.send(
        new GetCommand({ TableName: outputs.ordersTable, Key: { orderId, region: REGION }, ConsistentRead: true }),
      );
      return Item as OrderItem | undefined;
    },

    async card(orderId) {
      const { Items } = await tables.send(
        new QueryCommand({
          TableName: outputs.cardsTable,
          KeyConditionExpression: "orderId = :id",
          ExpressionAttributeValues: { ":id": orderId },
        }),
      );
      return Items?.[0] as CardItem | undefined;
    },

    async until(orderId, status, seconds = 120) {
      const end = Date.now() + seconds * 1_000;
      for (;;) {
        const item = await stand.item(orderId);
        if (item?.status === status) return item;
        if (Date.now() > end) {
          const execution = await stand.execution(orderId, item?.epoch ?? 1);
          throw new Error(`Order ${orderId} is ${item?.status}, not ${status}: ${JSON.stringify(execution)}`);
        }
        await sleep(100);
      }
    },

    async execution(orderId, epoch = 1) {
      const arn = executionArn(orderId, epoch);
      try {
        const { status, error, cause } = await workflows.send(new DescribeExecutionCommand({ executionArn: arn }));
        const { events = [] } = await workflows.send(
          new GetExecutionHistoryCommand({ executionArn: arn, maxResults: 1000 }),
        );
        return { status, error, cause, states: events.flatMap((event) => event.stateEnteredEventDetails?.name ?? []) };
      } catch (error) {
        if (error instanceof Error && error.name === "ExecutionDoesNotExist") return undefined;
        throw error;
      }
    },

    async stopExecution(orderId, epoch = 1) {
      await workflows.send(new StopExecutionCommand({ executionArn: executionArn(orderId, epoch) }));
    },

    async putProduct(product) {
      await tables.send(
        new PutCommand({
          TableName: outputs.productsTable,
          Item: { name: "Kettle", price: { amount: 3_490, currency: "EUR" }, availability: "in-stock", ...product },
        }),
      );
    },

    store: new OrderStore(
      tables,
      { orders: outputs.ordersTable, cards: outputs.cardsTable, stock: outputs.stockTable },
      REGION,
    ),

    async putShare(productId, available) {
      const item: ShareItem = {
        kind: "share",
        schema: STOCK_SCHEMA,
        ...shareKey(productId, REGION),
        ...emptyShare(productId, REGION),
        available,
        delivered: available,
      };
      await tables.send(new PutCommand({ TableName: outputs.stockTable, Item: item }));
    },

    shares: (productId) => new StockStore(tables, outputs.stockTable, REGION).shares(productId),

    async putCard(card) {
      await tables.send(new PutCommand({ TableName: outputs.cardsTable, Item: card }));
    },

    async putOrder(item) {
      await tables.send(new PutCommand({ TableName: outputs.ordersTable, Item: item }));
    },

    async sweep(orderId) {
      const item = await stand.item(orderId);
      const due = Date.parse(item?.sweepAt ?? "") - Date.now();
      if (due > 0) await sleep(due + 50);
      const { FunctionError, Payload } = await lambda.send(
        new InvokeCommand({ FunctionName: outputs.functions["sweeper"]!, Payload: "{}" }),
      );
      if (FunctionError) throw new Error(`The sweeper failed: ${Buffer.from(Payload ?? []).toString()}`);
    },

    async sealCard(idempotencyKey, card = goodCard, customerId = "customer-ann") {
      const { keyId, jwk } = outputs.card;
      return await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(card)))
        .setProtectedHeader({ ...cardHeader(keyId, { customerId, idempotencyKey }) })
        .encrypt(await importJWK(jwk, "RSA-OAEP-256"));
    },

    async mails(orderId) {
      const response = await fetch(`${region.endpoint}/_ministack/ses/messages`);
      const { messages } = (await response.json()) as { messages: Record<string, CapturedMail[]> };
      return Object.values(messages)
        .flat()
        .filter((mail) => `${mail.Subject} ${mail.BodyText}`.includes(orderId))
        .map(({ Subject, BodyText, To }) => ({ subject: Subject, text: BodyText, to: To }));
    },

    async textMessages(orderId) {
      const response = await fetch(`${region.endpoint}/_ministack/sns/sms-messages`);
      return JSON.stringify(await response.json()).split(orderId.slice(0, 8)).length - 1;
    },

    async everything() {
      const all: unknown[] = [];
      for (const TableName of [outputs.ordersTable, outputs.cardsTable]) {
        all.push(...((await tables.send(new ScanCommand({ TableName }))).Items ?? []));
      }
      return all;
    },
  };
  await stand.putProduct({ productId: "kettle" });
  return stand;
}

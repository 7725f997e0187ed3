import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { CompactEncrypt, importJWK, type JWK } from "jose";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { CARD_ALGORITHM, cardHeader, deriveOrderId, type HistoryEntry, type OrderItem } from "../../../domain/order";
import { cardTable, orderTables } from "../../../local/console/orders/orders";
import { newPerson, type Person } from "../../../local/person";
import type { Store } from "../../../local/store";
import { edgeHeaders, ownApi } from "../ownApi";

/** The part of an order's item that drills compare. */
export type Item = Pick<OrderItem, "orderId" | "region" | "status" | "epoch" | "createdAt"> & {
  history: HistoryEntry[];
};

interface Settings {
  region: string;
  auth: CognitoSettings;
  card: { keyId: string; jwk: JWK };
}

interface Product {
  productId: string;
  price: { amount: number; currency: string };
}

/** A customer's input at the checkout. */
export interface OrderDetails {
  card?: { number: string; expiry: string; code: string };
  shipping?: { name: string; street: string; city: string; postalCode: string; country: string };
  contact?: { email: string; phone?: string };
}

/** A customer who signed up in one Region and orders in any. */
export class Shopper {
  private constructor(
    private readonly store: Store,
    readonly person: Person,
    private readonly settings: Settings,
    private readonly product: Product,
  ) {}

  static async of(store: Store, region: string): Promise<Shopper> {
    const settings = await eventually(`${region} serves its settings`, async () => {
      const answer = await fetch(`${ownApi(store, region, "failover")}/api/config`, {
        headers: edgeHeaders(store),
      });
      return answer.ok ? ((await answer.json()) as Settings) : undefined;
    });
    const deployment = (store.regions[region] ?? fail(`no Region ${region}`)).deployment;
    const person = await eventually("a customer can sign up", () =>
      newPerson({ url: store.url, deployment }, settings.auth),
    );
    const product = await eventually("a search finds a kettle", async () => {
      const answer = await fetch(`${ownApi(store, region, "catalogue")}/api/catalogue/search?q=kettle`, {
        headers: edgeHeaders(store),
      });
      return answer.ok ? ((await answer.json()) as { products: Product[] }).products[0] : undefined;
    });
    return new Shopper(store, person, settings, product);
  }

  /** Derives the id of this customer's order under a key, before it is placed. */
  orderIdOf(key: string): string {
    return deriveOrderId(this.person.customerId, key);
  }

  /** Places an order with a card, at the Region's own address if given, otherwise at the store's address. */
  async order(
    region?: string,
    key: string = randomUUID(),
    timeoutMs?: number,
    details?: OrderDetails,
  ): Promise<string> {
    const response = await this.call(region, "POST", "/api/orders", await this.request(key, details), timeoutMs, {
      "idempotency-key": key,
    });
    if (!response.ok) throw new Error(`The response to the order was ${response.status}: ${await response.text()}`);
    return ((await response.json()) as { orderId: string }).orderId;
  }

  async statusOf(orderId: string, region?: string): Promise<string | undefined> {
    const response = await this.call(region, "GET", `/api/orders/${orderId}`);
    return response.ok ? ((await response.json()) as { status: string }).status : undefined;
  }

  /** Requests the cancellation of an order. Returns the response's status. */
  async cancel(orderId: string, region?: string): Promise<number> {
    return (await this.call(region, "POST", `/api/orders/${orderId}/cancel`)).status;
  }

  /** The body of a request for an order of one product. */
  async request(
    key: string,
    {
      card: entered = { number: "4242424242424242", expiry: "12/39", code: "123" },
      shipping = { name: "Ada Example", street: "Main 1", city: "Springfield", postalCode: "12345", country: "US" },
      contact = { email: this.person.email },
    }: OrderDetails = {},
  ) {
    const { keyId, jwk } = this.settings.card;
    const card = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(entered)))
      .setProtectedHeader({
        ...cardHeader(keyId, { customerId: this.person.customerId, idempotencyKey: key }),
      })
      .encrypt(await importJWK(jwk, CARD_ALGORITHM));
    return {
      lines: [{ productId: this.product.productId, quantity: 1 }],
      expectedTotal: this.product.price,
      shipping,
      contact,
      payment: { kind: "card", card },
    };
  }

  call(
    region: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    timeoutMs?: number,
    headers: Record<string, string> = {},
  ) {
    if (region === undefined) return this.person.call(method, path, body, headers, this.store.url, timeoutMs);
    const own = { ...edgeHeaders(this.store), ...headers };
    return this.person.call(method, path, body, own, ownApi(this.store, region, "orders"), timeoutMs);
  }
}

/** Reads all Regions' items of an order from one Region's replica. */
export async function itemsIn(store: Store, region: string, orderId: string): Promise<Item[]> {
  return ((await rowsIn(store, region, orderId)) as unknown as (OrderItem & { kind: string })[])
    .filter(({ kind }) => kind === "order")
    .map((item) => ({
      orderId: item.orderId,
      region: item.region,
      status: item.status,
      epoch: item.epoch,
      createdAt: item.createdAt,
      history: item.history ?? [],
    }));
}

/** Reads all items of an order from one Region's table, also those of other releases. */
export async function rowsIn(store: Store, region: string, orderId: string): Promise<Record<string, unknown>[]> {
  const [table] = orderTables(store.deployment);
  return await rowsOf(store, region, table ?? fail("no table of orders"), orderId);
}

/** Returns the Regions whose card items of an order are still in a Region's replica. */
export async function cardsIn(store: Store, region: string, orderId: string): Promise<string[]> {
  const table = cardTable(store.deployment) ?? fail("no table of cards");
  return (await rowsOf(store, region, table, orderId)).map((item) => String(item["region"])).sort();
}

async function rowsOf(store: Store, region: string, TableName: string, orderId: string) {
  const { Items = [] } = await clientOf(store, region).send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "orderId = :order",
      ExpressionAttributeValues: { ":order": orderId },
    }),
  );
  return Items as Record<string, unknown>[];
}

/** By endpoint: tests read orders thousands of times. Their connections do not keep the process from ending. */
const clients = new Map<string, DynamoDBDocumentClient>();

function clientOf(store: Store, region: string): DynamoDBDocumentClient {
  const { endpoint, credentials } = (store.regions[region] ?? fail(`no Region ${region}`)).deployment;
  let client = clients.get(endpoint);
  if (client === undefined) {
    client = DynamoDBDocumentClient.from(new DynamoDBClient({ region, endpoint, credentials }));
    clients.set(endpoint, client);
  }
  return client;
}

/**
 * Polls until `look` returns a value. Rejects after the limit, with the last error. A look that takes long, as a scan of all orders, leaves
 * three quarters of the time to what it waits for.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  limitMs = 120_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  let trouble = "";
  while (Date.now() < deadline) {
    const began = Date.now();
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      trouble = String(error);
    }
    await sleep(Math.min(Math.max(250, 3 * (Date.now() - began)), 5_000));
  }
  throw new Error(`Not within ${limitMs} ms: ${what}. ${trouble}`);
}

function fail(sentence: string): never {
  throw new Error(sentence);
}

import { request as httpRequest } from "node:http";
import { type DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { ERASURES } from "../../../components/orderService/handlers/erasure/requests";
import { catalogueApi } from "../../../domain/catalogue/openapi";
import { SEARCH_RULES_ID } from "../../../domain/catalogue/search/searchRules";
import type { OpenApiDocument } from "../../../domain/http/openapi";
import { orderApi } from "../../../domain/order/api/openapi";
import { regionClients } from "../../../local/console/regionClients";
import { newPerson, type Person } from "../../../local/person";
import { tokenOf } from "../../../local/providers/testCards";
import type { Store } from "../../../local/store";
import type { Shopper } from "../drill/shopper";
import { edgeHeaders, ownApi } from "../ownApi";
import { type Answer, answerCheck } from "./answers";
import { type Caller, type FuzzRequest, type Known, requestsOf } from "./requests";

export interface FuzzOptions {
  store: Store;
  shopper: Shopper;
  requests: number;
  seed: number;
  /** Sends only the request of this number, as the report of an earlier run gives it. */
  only?: number;
  /** Requests at the same time. Default: 6. */
  concurrency?: number;
  onProgress?(line: string): void;
}

export interface FuzzReport {
  /** Requests by status. */
  statuses: Record<number, number>;
  /** Operations with at least one accepted request. */
  accepted: string[];
  /** Faults found, each with the number of its request. */
  faults: string[];
}

interface Sent {
  request: FuzzRequest;
  answer: Answer;
}

const SERVICES = [
  { name: "orders", document: orderApi as unknown as OpenApiDocument },
  { name: "catalogue", document: catalogueApi as unknown as OpenApiDocument },
] as const;

const OWN_PRODUCTS = ["fuzz-1", "fuzz-2", "fuzz-3"];

/** A request's limit: the edge's is 30 s. */
const LIMIT_MS = 40_000;

/**
 * Sends generated requests to both APIs, through the edge and at each Region's own address, and checks every answer and
 * what the tables hold afterwards.
 *
 * The same seed makes the same requests; ids of customers and orders differ between stores.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { store, shopper, requests, seed, only, concurrency = 6 } = options;
  const { auth } = (await (await fetch(`${store.url}/config.json`)).json()) as {
    auth: Parameters<typeof newPerson>[1];
  };
  const people: Record<Caller, Person | undefined> = {
    anonymous: undefined,
    garbage: undefined,
    customer: await newPerson(store, auth),
    merchandiser: await newPerson(store, auth, "merchandisers"),
  };
  const customer = people.customer!;
  const known = await knownOf(shopper, customer);
  // Merchandisers change the products of the catalogue's requests: other tests of the store order the rest.
  const own = { ...known, ids: { ...known.ids, productId: OWN_PRODUCTS } };
  const edge = edgeHeaders(store);
  const plan = SERVICES.flatMap(({ name, document }, index) => {
    const addresses = [store.url, ...Object.keys(store.regions).map((region) => ownApi(store, region, name))];
    // Orders have the larger API.
    const count = index === 0 ? Math.ceil(requests * 0.6) : Math.floor(requests * 0.4);
    const check = answerCheck(document);
    return fc
      .sample(requestsOf(document, index === 0 ? known : own, addresses.length), { numRuns: count, seed: seed + index })
      .map((request) => {
        const base = addresses[request.address]!;
        // The Regions' own addresses ask for CloudFront's header.
        const headers = base === store.url ? request.headers : { ...request.headers, ...edge };
        return { request: { ...request, headers }, check, base };
      });
  });

  const before = await storedIn(store);
  const sent: Sent[] = [];
  const faults: string[] = [];
  const numbers = only === undefined ? plan.keys() : [only].values();
  const worker = async () => {
    for (const number of numbers) {
      const { request, check, base } = plan[number]!;
      const answer = await sendTwice(base, request, people[request.caller]?.accessToken);
      sent.push({ request, answer });
      for (const fault of check(request, answer)) faults.push(describe(number, base, request, answer, fault));
      if (sent.length % 1_000 === 0) options.onProgress?.(`${sent.length} requests, ${faults.length} faults`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  faults.push(...strangeChanges(before, await storedIn(store), sent));

  const statuses: Record<number, number> = {};
  for (const { answer } of sent) statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
  const accepted = sent.filter(({ answer }) => answer.status < 300).map(({ request }) => request.operationId);
  return { statuses, accepted: [...new Set(accepted)].sort(), faults };
}

/** Ids and bodies that let generated requests pass the checks. */
async function knownOf(shopper: Shopper, customer: Person): Promise<Known> {
  const example = await shopper.request("fuzz");
  const body = { ...example, payment: { kind: "token", token: tokenOf("tok_visa", customer.customerId) } };
  const placed = await customer.call("POST", "/api/orders", body, { "idempotency-key": "fuzz" });
  const { orderId } = (await placed.json()) as { orderId: string };
  const foreign = await shopper.order();
  const [line] = example.lines;
  const product = {
    name: "Fuzzed kettle",
    brand: "Acme",
    category: "Kitchen",
    description: "",
    price: { amount: 990, currency: "EUR" },
    availability: "in-stock",
    attributes: { colour: "black" },
    version: 0,
  };
  return {
    ids: {
      orderId: [orderId, foreign],
      productId: [line!.productId, ...OWN_PRODUCTS],
      q: ["kettle", "k"],
    },
    bodies: { placeOrder: [body], putProduct: [product, { ...product, version: 1 }] },
  };
}

/** Once more, like a browser, if the edge got no answer in time: so it is on a machine that is busy with other tests. */
async function sendTwice(base: string, request: FuzzRequest, token?: string): Promise<Answer> {
  const first = await send(base, request, token).catch(toAnswer);
  return first.status === 504 || first.status === NO_ANSWER ? await send(base, request, token).catch(toAnswer) : first;
}

/** Status of a request whose connection was closed or that took too long. */
const NO_ANSWER = 599;
const toAnswer = (error: Error): Answer => ({ status: NO_ANSWER, contentType: "", text: error.message });

/** Sends the path as it is, which `fetch` would normalize. */
function send(base: string, { method, path, headers, body, caller }: FuzzRequest, token?: string): Promise<Answer> {
  const { hostname, port, pathname } = new URL(base);
  const authorization = caller === "garbage" ? "Bearer garbage" : token && `Bearer ${token}`;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        hostname,
        port,
        method,
        path: `${pathname === "/" ? "" : pathname}${path}`.replace(/[^!-~]/g, encodeURIComponent),
        headers: {
          ...Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== "")),
          ...(authorization ? { authorization } : {}),
          ...(body ? { "content-length": body.length } : {}),
        },
      },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, contentType: response.headers["content-type"] ?? "", text });
      },
    );
    request.setTimeout(LIMIT_MS, () => request.destroy(new Error(`No answer within ${LIMIT_MS} ms`)));
    // A server may answer and close before it has read a large body.
    request.on("error", reject);
    request.end(body);
  });
}

function describe(number: number, base: string, request: FuzzRequest, { status, text }: Answer, fault: string): string {
  const { method, path, caller, headers, body } = request;
  const sent = body === undefined ? "" : ` with ${body.length} bytes ${body.subarray(0, 200)}`;
  const line = `${method} ${base}${path.slice(0, 200)} by ${caller} ${JSON.stringify(headers).slice(0, 200)}${sent}`;
  return `#${number}: ${fault}\n  ${line}\n  ${status} ${text.slice(0, 300)}`;
}

const entriesOf = (item: Record<string, unknown>) => (item["entries"] ?? []) as { addressId: string }[];

/** Items by table and key, in the primary's replica. */
type Stored = Map<string, { table: string; item: Record<string, unknown>; json: string }>;

async function storedIn(store: Store): Promise<Stored> {
  const stored: Stored = new Map();
  const clients = regionClients(store.deployment, () => true);
  try {
    const { productsTable, personalData } = store.deployment.outputs as {
      productsTable: string;
      personalData: { orders: string; cards: string };
    };
    for (const table of [personalData.orders, personalData.cards, productsTable]) {
      for await (const item of itemsOf(clients.dynamo, table)) {
        const key = [item["orderId"] ?? item["productId"] ?? item["id"], item["region"]].join(" ");
        if (item["orderId"] ?? item["productId"])
          stored.set(`${table} ${key}`, { table, item, json: JSON.stringify(item) });
      }
    }
  } finally {
    clients.destroy();
  }
  return stored;
}

async function* itemsOf(client: DynamoDBDocumentClient, TableName: string) {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }));
    yield* page.Items ?? [];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}

/** Kinds of items that the store's workflows and checks write by themselves. */
const BY_ITSELF = new Set(["wait", "notification", "health", "rate"]);

/** Orders, cancellations, address books and products that changed without an accepted request for them. */
function strangeChanges(before: Stored, after: Stored, sent: readonly Sent[]): string[] {
  const allowed = new Set<string>();
  const addresses = new Set<string>();
  for (const { request, answer } of sent) {
    if (answer.status >= 300) continue;
    const named =
      /"(?:orderId|productId)":"([^"]+)"/.exec(answer.text)?.[1] ?? /products\/([^/?]+)/.exec(request.path)?.[1];
    if (request.method === "GET") continue;
    if (named !== undefined) allowed.add(decodeURIComponent(named));
    // A book's entries that were removed are in no answer.
    for (const [, id = ""] of answer.text.matchAll(/"addressId":"([^"]+)"/g)) addresses.add(id);
    addresses.add(/addresses\/([^/?]+)/.exec(request.path)?.[1] ?? "");
    if (/\/rules(?:\?|$)/.test(request.path)) allowed.add(SEARCH_RULES_ID);
    if (request.operationId === "deleteAccount") allowed.add(ERASURES);
  }
  const faults: string[] = [];
  const placed = new Set([...before.values()].map(({ item }) => item["orderId"]));
  for (const [key, { item, json }] of after) {
    const id = String(item["orderId"] ?? item["productId"]);
    const earlier = before.get(key);
    // Orders that were placed before go on by themselves, in either Region.
    const isOngoing = item["orderId"] !== undefined && placed.has(item["orderId"]);
    const isKept = item["kind"] === "addresses" && entriesOf(item).every(({ addressId }) => addresses.has(addressId));
    if (isKept || isOngoing || earlier?.json === json || allowed.has(id) || BY_ITSELF.has(String(item["kind"])))
      continue;
    faults.push(
      `${key} was ${earlier === undefined ? "stored" : "changed"} without an accepted request: ${json.slice(0, 300)}`,
    );
  }
  for (const [key, { item }] of before) {
    const isGone = item["productId"] !== undefined && !after.has(key) && !allowed.has(String(item["productId"]));
    if (isGone) faults.push(`${key} was deleted without an accepted request`);
  }
  return faults;
}

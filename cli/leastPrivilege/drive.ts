import { randomUUID } from "node:crypto";
import { CompactEncrypt, importJWK, type JWK } from "jose";
import type { CognitoSettings } from "../../domain/auth/settings";
import { deriveOrderId, type OrderStatus, type OrderView, placeCard, placeOrder as placed } from "../../domain/order";
import { CARD_ALGORITHM, cardHeader } from "../../domain/order/providers/card";
import { newPerson, type Person } from "../../local/person";
import { tokenOf } from "../../local/providers/testCards";
import type { Store, StoreOptions } from "../../local/store";
import { type BehindTheScenes, behindTheScenes, eventually, PEER_REGION } from "./behindTheScenes";
import { signInByCodes } from "./codes";

/** Settings that let every course of an order take seconds. */
export const QUICK: Pick<StoreOptions, "config" | "pace"> = {
  pace: { pendingMs: 1_500, shipmentStepMs: 500 },
  config: {
    "stayopen:orderWaits": JSON.stringify({
      payment: { firstSeconds: 5, factor: 1, maxSeconds: 5, limitSeconds: 120 },
      delivery: { firstSeconds: 2, factor: 1, maxSeconds: 2, maxPolls: 6 },
      retries: { firstSeconds: 1, factor: 1.5, maxSeconds: 10 },
      refundRetries: { firstSeconds: 1, factor: 1.5, maxSeconds: 10 },
    }),
    "stayopen:orderDeadlines": JSON.stringify({ settlingSeconds: 2, travellingSeconds: 2 }),
  },
};

interface Settings {
  auth: CognitoSettings;
  card: { keyId: string; jwk: JWK };
}

interface Product {
  productId: string;
  price: { amount: number; currency: string };
}

const GOOD_CARD = "4242424242424242";
const DECLINED_CARD = "4000000000000002";
const PENDING_CARD = "4000000000003220";
/** Longer than this run: keeps a payment pending. */
const NEVER_MS = 600_000;

/**
 * Exercises all features of the store's functions: as customers and merchandiser through the API, otherwise as operator, replication and
 * failure.
 *
 * @param say is called with each step, in a few words.
 */
export async function drive(store: Store, say: (what: string) => void): Promise<void> {
  const behind = behindTheScenes(store);
  try {
    say("health and API descriptions");
    for (const service of ["orders", "catalogue"]) {
      await ok(fetch(`${store.url}/api/${service}/health`));
      await ok(fetch(`${store.url}/api/${service}/openapi.json`));
    }
    await ok(behind.checkHealth());
    const settings = (await (await ok(fetch(`${store.url}/config.json`))).json()) as Settings;
    say("sign-up of a customer and a merchandiser");
    const customer = await newPerson(store, settings.auth);
    const merchandiser = await newPerson(store, settings.auth, "merchandisers");
    say("sign-in by mailed codes");
    await signInByCodes(store, settings.auth, customer.email);

    say("search and catalogue");
    const product = await lookForProducts(store);
    const checkout = { customer, settings, product };
    await repeatOrderOfDeletedProduct(checkout, merchandiser);
    await changeSearchRules(merchandiser);
    say("counted stock");
    await sellCountedProduct(store, checkout, merchandiser, behind);
    await keepAddress(customer);

    // A product that cannot be indexed goes to the dead-letter queue, from the stream and from a rebuild.
    await behind.putRawProduct({ productId: "unreadable", version: 1 });
    const rebuilt = behind.rebuildIndex();
    // Awaited at the end. Until then a failure must not end the process.
    rebuilt.catch(() => undefined);

    await ordersOfEveryKind(store, checkout, merchandiser, behind, say);
    say("the erasure of a customer");
    await eraseCustomer(store, checkout, behind);
    await ordersTakenOver(store, checkout, behind, say);
    say("end of the rebuild");
    await rebuilt;
  } finally {
    behind.close();
  }
}

async function lookForProducts({ url }: Store): Promise<Product> {
  const product = await eventually("a kettle that is in stock can be found", async () => {
    const response = await fetch(`${url}/api/catalogue/search?q=kettle&availability=in-stock`);
    if (!response.ok) return undefined;
    return ((await response.json()) as { products: Product[] }).products[0];
  });
  await ok(fetch(`${url}/api/catalogue/suggest?q=ket`));
  await ok(fetch(`${url}/products/${product.productId}`));
  await ok(fetch(`${url}/sitemap.xml?after=`));
  await ok(fetch(`${url}/api/catalogue/products/${product.productId}`));
  return product;
}

interface Checkout {
  customer: Person;
  settings: Settings;
  product: Product;
}

interface OrderOptions {
  key?: string;
  /** Card number. Default: pays with a token. */
  card?: string;
  postalCode?: string;
  quantity?: number;
}

const ADDRESS = {
  name: "Ada Example",
  street: "Main Street 1",
  city: "Springfield",
  postalCode: "12345",
  country: "US",
};

async function place(checkout: Checkout, options: OrderOptions = {}): Promise<string> {
  const response = await ok(order(checkout, options));
  return ((await response.json()) as { orderId: string }).orderId;
}

async function order({ customer, settings, product }: Checkout, options: OrderOptions): Promise<Response> {
  const { key = randomUUID(), card, postalCode = ADDRESS.postalCode, quantity = 1 } = options;
  const { amount, currency } = product.price;
  return await customer.call(
    "POST",
    "/api/orders",
    {
      lines: [{ productId: product.productId, quantity }],
      expectedTotal: { amount: amount * quantity, currency },
      shipping: { ...ADDRESS, postalCode },
      contact: { email: customer.email, phone: "+14155550100" },
      payment: card
        ? {
            kind: "card",
            card: await sealed(card, { customerId: customer.customerId, idempotencyKey: key }, settings.card),
          }
        : { kind: "token", token: tokenOf("tok_visa", customer.customerId) },
    },
    { "idempotency-key": key },
  );
}

async function sealed(
  number: string,
  order: { customerId: string; idempotencyKey: string },
  { keyId, jwk }: Settings["card"],
): Promise<string> {
  return await new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ number, expiry: "12/39", code: "123" })))
    .setProtectedHeader({ ...cardHeader(keyId, order) })
    .encrypt(await importJWK(jwk, CARD_ALGORITHM));
}

async function until({ customer }: Checkout, orderId: string, ...wanted: OrderStatus[]): Promise<void> {
  await eventually(`order ${orderId} is ${wanted.join(" or ")}`, async () => {
    const { status } = (await (await ok(customer.call("GET", `/api/orders/${orderId}`))).json()) as OrderView;
    return wanted.includes(status) || undefined;
  });
}

/** Creates, orders and deletes a product, then repeats the order, which must return the first one. */
async function repeatOrderOfDeletedProduct(checkout: Checkout, merchandiser: Person): Promise<void> {
  const path = "/api/catalogue/products/short-lived-mug";
  const price = { ...checkout.product.price, amount: 990 };
  const mug = {
    name: "Mug",
    brand: "Acme",
    category: "Kitchen",
    description: "Holds tea.",
    price,
    availability: "in-stock",
    attributes: {},
  };
  const made = await ok(merchandiser.call("PUT", path, mug, { "if-none-match": "*" }));
  const key = randomUUID();
  const buying = { ...checkout, product: { productId: "short-lived-mug", price } };
  const orderId = await place(buying, { key });
  await ok(merchandiser.call("DELETE", path, undefined, { "if-match": made.headers.get("etag") ?? '"1"' }));
  if ((await place(buying, { key })) !== orderId) throw new Error("Repeating the request created another order.");
}

async function changeSearchRules(merchandiser: Person): Promise<void> {
  const path = "/api/catalogue/rules";
  const { updatedAt: _, ...rules } = (await (await ok(merchandiser.call("GET", path))).json()) as {
    updatedAt?: string;
  };
  await ok(merchandiser.call("PUT", path, { ...rules, synonyms: ["mug, cup"] }));
}

/** Sells a counted product: one order keeps its units, another one returns them, and units arrive from the peer Region. */
async function sellCountedProduct(
  store: Store,
  checkout: Checkout,
  merchandiser: Person,
  behind: BehindTheScenes,
): Promise<void> {
  const productId = "counted-cup";
  const price = { ...checkout.product.price, amount: 790 };
  const content = { name: "Cup", brand: "Acme", category: "Kitchen", description: "", attributes: {} };
  const cup = { ...content, price, availability: "in-stock", counted: true };
  await ok(merchandiser.call("PUT", `/api/catalogue/products/${productId}`, cup, { "if-none-match": "*" }));
  const stock = `/api/orders/stock/${productId}`;
  await ok(merchandiser.call("PUT", `${stock}/deliveries/first`, { units: 2 }));
  const buying = { ...checkout, product: { productId, price } };
  await ok(
    checkout.customer.call("POST", "/api/orders/quotes", {
      lines: [{ productId, quantity: 1 }],
      destination: { country: "US", postalCode: "12345" },
    }),
  );
  await ok(fetch(`${store.url}/api/catalogue/products/${productId}`));
  await ok(fetch(`${store.url}/products/${productId}`));
  const tooMany = await order(buying, { quantity: 9 });
  if (tooMany.status !== 409) throw new Error(`An order of too many units got ${tooMany.status} instead of 409.`);
  const declined = await place(buying, { card: DECLINED_CARD });
  await until(buying, declined, "CANCELLED");
  await behind.sendUnits(productId, 3);
  await eventually("units of the peer Region arrive", async () => {
    const view = (await (await ok(merchandiser.call("GET", `${stock}/shares`))).json()) as { left: number };
    return view.left >= 5 || undefined;
  });
  await until(buying, await place(buying), "DELIVERED");
}

async function keepAddress(customer: Person): Promise<void> {
  const path = "/api/orders/addresses";
  await ok(customer.call("POST", path, ADDRESS));
  const { addresses } = (await (await ok(customer.call("GET", path))).json()) as { addresses: { addressId: string }[] };
  await ok(customer.call("DELETE", `${path}/${addresses[0]?.addressId}`));
}

/** Refunds a part of a delivered order, and reads its credit note. */
async function refundPart({ customer }: Checkout, merchandiser: Person, orderId: string): Promise<void> {
  const path = `/api/orders/${orderId}/refunds`;
  const key = { "idempotency-key": randomUUID() };
  const asked = await ok(merchandiser.call("POST", path, { amount: 1, reason: "A scratch." }, key));
  const { refundId } = (await asked.json()) as { refundId: string };
  await eventually("the refund is made", async () => {
    const { refunds } = (await (await ok(merchandiser.call("GET", path))).json()) as { refunds: { status: string }[] };
    return refunds.every(({ status }) => status === "REFUNDED") || undefined;
  });
  await eventually("its credit note is written", async () => {
    const answer = await customer.call("GET", `${path}/${refundId}/credit-note`);
    return answer.ok || undefined;
  });
}

/** Erases a customer with a delivered and refunded order, as the schedule does after a request in the peer Region. */
async function eraseCustomer(store: Store, checkout: Checkout, behind: BehindTheScenes): Promise<void> {
  const customer = await newPerson(store, checkout.settings.auth);
  const merchandiser = await newPerson(store, checkout.settings.auth, "merchandisers");
  const leaving = { ...checkout, customer };
  const orderId = await place(leaving, { card: GOOD_CARD });
  await ok(merchandiser.call("GET", "/api/orders/placed?state=open"));
  await until(leaving, orderId, "DELIVERED");
  await eventually("the invoice is written", async () => {
    return (await customer.call("GET", `/api/orders/${orderId}/invoice`)).ok || undefined;
  });
  await refundPart(leaving, merchandiser, orderId);
  await behind.erase(customer.customerId);
  await ok(customer.call("DELETE", "/api/orders/account"));
}

async function ordersOfEveryKind(
  store: Store,
  checkout: Checkout,
  merchandiser: Person,
  behind: BehindTheScenes,
  say: (what: string) => void,
): Promise<void> {
  const { controls } = store.providers;
  say("orders: by token and card, declined, pending, impossible to ship");
  const delivered = await Promise.all([
    place(checkout),
    place(checkout, { card: GOOD_CARD }),
    place(checkout, { card: PENDING_CARD }),
  ]);
  const cancelled = await Promise.all([
    place(checkout, { card: DECLINED_CARD }),
    place(checkout, { card: GOOD_CARD, postalCode: "00000" }),
  ]);
  // A parcel that never arrives: the workflow stops tracking it.
  const lost = await place(checkout);
  controls.holdShipments(lost);
  await ok(checkout.customer.call("GET", "/api/orders"));
  await Promise.all([
    ...delivered.map((orderId) => until(checkout, orderId, "DELIVERED")),
    ...cancelled.map((orderId) => until(checkout, orderId, "CANCELLED")),
  ]);

  say("an invoice");
  await eventually("an invoice is written", async () => {
    const answer = await checkout.customer.call("GET", `/api/orders/${delivered[0]}/invoice`);
    return answer.ok || undefined;
  });

  say("a partial refund");
  await refundPart(checkout, merchandiser, delivered[0]!);

  say("an order that is cancelled while its payment is pending");
  const unwanted = await pendingOrder(store, checkout, behind);
  await ok(checkout.customer.call("POST", `/api/orders/${unwanted}/cancel`));
  await until(checkout, unwanted, "CANCELLED");
  await eventually(`the workflow of ${lost} gives up`, async () =>
    (await behind.workflowError(lost)) === "DeliveryOverdue" ? true : undefined,
  );
}

/** Places an order whose payment stays pending, and waits until its workflow waits for it. */
async function pendingOrder(store: Store, checkout: Checkout, behind: BehindTheScenes): Promise<string> {
  store.providers.controls.setPace({ pendingMs: NEVER_MS });
  const orderId = await place(checkout, { card: PENDING_CARD });
  await eventually(
    `the workflow of ${orderId} waits for the payment`,
    async () => (await behind.isWaiting(orderId)) || undefined,
  );
  return orderId;
}

/** Writes an order that the peer Region has accepted but not processed. */
async function orderFromElsewhere({ settings, product }: Checkout, behind: BehindTheScenes): Promise<string> {
  const key = randomUUID();
  const customerId = "customer-of-the-peer";
  const at = new Date().toISOString();
  const line = { productId: product.productId, name: "Kettle", quantity: 1, unitPrice: product.price };
  const { item } = placed(
    {
      orderId: deriveOrderId(customerId, key),
      region: PEER_REGION,
      customerId,
      lines: [line],
      total: product.price,
      shipping: { name: "Wes", street: "2 Low Street", city: "Springfield", postalCode: "12345", country: "US" },
      contact: { email: "wes@example.com" },
      payment: { kind: "card" },
      requestHash: "hash",
    },
    at,
  );
  const card = placeCard(
    item.orderId,
    PEER_REGION,
    await sealed(GOOD_CARD, { customerId, idempotencyKey: key }, settings.card),
    at,
  );
  await behind.arrive(item, card);
  return item.orderId;
}

/** Takes orders over in both directions: one while its workflow waits, one whose workflow has died. */
async function ordersTakenOver(
  store: Store,
  checkout: Checkout,
  behind: BehindTheScenes,
  say: (what: string) => void,
): Promise<void> {
  const superseded = (orderId: string) =>
    eventually(
      `order ${orderId} has stepped back`,
      async () => (await behind.item(orderId))?.status === "SUPERSEDED" || undefined,
    );
  say("an order that is taken over from the peer Region, with its card");
  const elsewhere = await orderFromElsewhere(checkout, behind);
  await behind.takeOver();
  await eventually(`order ${elsewhere} is delivered`, async () =>
    (await behind.item(elsewhere))?.status === "DELIVERED" ? true : undefined,
  );

  say("an order that the peer Region has taken over");
  const taken = await pendingOrder(store, checkout, behind);
  await behind.takeOverElsewhere(taken);
  await superseded(taken);

  say("an order whose workflow died, and the sweeper");
  const left = await pendingOrder(store, checkout, behind);
  await store.eventSources.stop();
  await behind.stopWorkflow(left);
  await behind.takeOverElsewhere(left);
  await eventually(`the sweeper finds ${left}`, async () => {
    await behind.sweep();
    return (await behind.item(left))?.status === "SUPERSEDED" || undefined;
  });
}

async function ok(call: Promise<Response>): Promise<Response> {
  const response = await call;
  if (response.ok) return response;
  throw new Error(`${response.url} returned ${response.status}: ${await response.text()}`);
}

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { isFinal, type OrderStatus } from "../../../domain/order";
import type { FaultOrder } from "../../../local/providers";
import { eventually, itemsIn, type OrderDetails } from "../../kit/drill/shopper";
import { reached } from "../../kit/drill/stages";
import {
  type Place,
  REGIONAL_KINDS,
  type RegionalKind,
  readConsole,
  readFiles,
  readPlaces,
} from "../../kit/leaks/places";
import { everyEncoding, expectedIn, PLANT } from "../../kit/leaks/plant";
import { LeakSearch, type Needle } from "../../kit/leaks/search";
import { killCallersOf } from "../orders/killCaller";
import { useAttackedStore } from "./sharedStore";

/** Completes a card number with its check digit. */
function withCheckDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

const numbers: Needle[] = [];
/** A card number that no other order of this run has. */
function newNumber(name: string): string {
  const value = withCheckDigit(`4539${String(71_300_000_000 + numbers.length * 7_919)}`);
  numbers.push({ name, value });
  return value;
}

/** Public test cards, which the payment provider keeps pending. */
const PENDING: Record<string, string> = {
  "pending card": "4000000000003220",
  "pending, then declined card": "4000008400001629",
};
for (const [name, value] of Object.entries(PENDING)) numbers.push({ name, value });

/** Input of these orders' customer. None of it may be in a log. */
const shipping = {
  name: "Quentina Zwollinger",
  street: "Vexbarrow Lane 1742",
  city: "Oddingsworth",
  postalCode: "QX7 9ZV",
  country: "GB",
};
const contact = { email: "quentina.zwollinger@vexmail.example", phone: "+447700900731" };
const personal: Needle[] = [
  { name: "name", value: "Zwollinger" },
  { name: "street", value: "Vexbarrow" },
  { name: "city", value: "Oddingsworth" },
  { name: "postal code", value: shipping.postalCode },
  { name: "e-mail address", value: contact.email },
  { name: "phone number", value: contact.phone.slice(1) },
];

/** Card number that a person types as part of a path. */
const IN_PATH = "card in a path";
/** File of the local edge with CloudFront's access log. */
const ACCESS_LOG = "access.log";

/** Places that hold no personal data. */
const IMPERSONAL = /^(access log|logs|history|queue|function|parameter|search index) /;

describe("a search for card numbers and personal data", function () {
  this.timeout(300_000);
  const here = useAttackedStore();
  const answers: Place[] = [];

  const find = async (places: AsyncIterable<Place> | Iterable<Place>, needles: readonly Needle[], kinds = /./) => {
    const search = new LeakSearch(needles);
    const found = new Map<string, string>();
    const seen = new Set<string>();
    for await (const { kind, name, bytes } of places) {
      seen.add(`${kind} ${name}`);
      if (!kinds.test(kind)) continue;
      for (const { needle, encoding, context } of search.find(bytes)) {
        // CloudFront logs the paths that viewers type, which no page or API of the store asks for.
        if (needle === IN_PATH && name === ACCESS_LOG) continue;
        found.set(`${needle} (${encoding}) in ${kind}`, `${name}: ${context}`);
      }
    }
    return { found, seen };
  };

  const until = (orderId: string, wanted: (status: OrderStatus) => boolean = isFinal) =>
    eventually(
      `${orderId} is finished`,
      async () => {
        const { store, west } = here.attacked;
        const items = await itemsIn(store, west, orderId);
        if (items.some(({ status }) => wanted(status))) return true;
        throw new Error(`It is ${items.map(({ region, status }) => `${status} in ${region}`)}.`);
      },
      120_000,
    );

  const detailsWith = (number: string, expiry = "12/39"): OrderDetails => ({
    card: { number, expiry, code: "731" },
    shipping,
    contact,
  });

  const place = async (number: string, faults: Omit<FaultOrder, "orderId">[] = [], region?: string) => {
    const { shopper, store } = here.attacked;
    const key = randomUUID();
    const orderId = shopper.orderIdOf(key);
    for (const fault of faults) store.providers.controls.fault({ ...fault, orderId });
    return await order(key, detailsWith(number), region);
  };

  /** Repeats an unanswered order, as the page does: a busy machine may answer late. */
  const order = (key: string, details: OrderDetails, region?: string) =>
    eventually("an order is accepted", () => here.attacked.shopper.order(region, key, undefined, details));

  /** Orders whose courses differ by the card or by the provider's answers. */
  const courses: Record<string, Omit<FaultOrder, "orderId">[]> = {
    paid: [],
    declined: [{ system: "payment", operation: "authorize", kind: "decline" }],
    retried: [
      { system: "payment", operation: "authorize", kind: "unavailable", times: 2 },
      { system: "payment", operation: "capture", kind: "reset-after" },
    ],
    "timed out": [{ system: "payment", operation: "authorize", kind: "timeout-after" }],
    refunded: [{ system: "shipping", operation: "ship", kind: "impossible" }],
  };

  /** Requests with a card number where none belongs. The answers may repeat nothing of it. */
  async function sendMisplacedNumbers(): Promise<void> {
    const { shopper, store } = here.attacked;
    const { person } = shopper;
    const number = newNumber("misplaced card");
    const inPath = newNumber(IN_PATH);
    const spaced = number.replace(/\d{4}(?=\d)/g, "$& ");
    const key = randomUUID();
    const order = await shopper.request(key, detailsWith(number));
    const post = (body: unknown, idempotencyKey: string = key) =>
      person.call("POST", "/api/orders", body, { "idempotency-key": idempotencyKey });
    const url = encodeURIComponent(spaced);
    const responses = await Promise.all([
      post({ ...order, shipping: { ...shipping, street: spaced } }),
      post({ ...order, contact: { ...contact, phone: `+${number}` } }),
      post({ ...order, payment: { kind: "card", card: number } }),
      post({ ...order, payment: { kind: "token", token: number } }),
      post(order, number),
      person.call("GET", `/api/orders/${inPath}`),
      person.call("GET", `/api/orders?before=${number}`),
      person.call("GET", `/api/orders?${number}=1`),
      fetch(`${store.url}/api/catalogue/search?q=${url}&brand=${url}`),
      fetch(`${store.url}/api/catalogue/suggest?q=${url}`),
      fetch(`${store.url}/orders/${inPath}?card=${number}`),
      fetch(`${store.url}/api/orders`, { headers: { authorization: `Bearer ${number}` } }),
      fetch(`${store.url}/api/orders/webhooks/payment`, { method: "POST", body: JSON.stringify({ card: number }) }),
    ]);
    // These answers name the product or the property that the request has.
    await Promise.all([
      post({ ...order, [number]: number }),
      post({ ...order, lines: [{ productId: number, quantity: 1 }] }),
      fetch(`${store.url}/api/catalogue/products/${inPath}?card=${number}`),
    ]);
    for (const response of responses) {
      const text = `${JSON.stringify([...response.headers])} ${await response.text()}`;
      answers.push({ kind: "answer", name: `${response.status} ${response.url}`, bytes: Buffer.from(text) });
    }
  }

  /** An order whose function dies between the authorization and its write. */
  async function crash(): Promise<string> {
    const { store, shopper } = here.attacked;
    const key = randomUUID();
    const orderId = shopper.orderIdOf(key);
    const gate = store.providers.controls.gate({ system: "payment", operation: "authorize", orderId, when: "after" });
    await order(key, detailsWith(newNumber("card of the crashed order")));
    await reached(gate, "the order is authorized");
    killCallersOf(Number(new URL(store.providers.paymentUrl).port));
    gate.open();
    return orderId;
  }

  /** An order whose Region is killed during its payment, and is back later. */
  async function takeOver(): Promise<string> {
    const { store, shopper, east } = here.attacked;
    const key = randomUUID();
    const orderId = shopper.orderIdOf(key);
    const gate = store.providers.controls.gate({ system: "payment", operation: "authorize", orderId, when: "before" });
    await order(key, detailsWith(newNumber("card of the order that was taken over")), east);
    await reached(gate, "the order is about to be authorized");
    await eventually("both items have replicated", async () => {
      const { west } = here.attacked;
      return (await itemsIn(store, west, orderId)).length > 0;
    });
    await store.chaos.kill(east);
    gate.open();
    await until(orderId);
    await store.chaos.return(east);
    return orderId;
  }

  before(async () => {
    const { store, shopper } = here.attacked;
    const orders: string[] = [];
    for (const [course, faults] of Object.entries(courses)) {
      orders.push(await place(newNumber(`card of the order that was ${course}`), faults));
    }
    for (const number of Object.values(PENDING)) orders.push(await place(number));
    const unreadable = detailsWith(newNumber("card without a readable expiry"), "99/99");
    orders.push(await order(randomUUID(), unreadable));
    const unwanted = await place(newNumber("card of the cancelled order"));
    await shopper.cancel(unwanted);
    orders.push(unwanted, await crash());
    await sendMisplacedNumbers();
    for (const orderId of orders) await until(orderId);
    await takeOver();
    for (const orderId of orders) {
      const answer = await shopper.call(undefined, "GET", `/api/orders/${orderId}`);
      answers.push({ kind: "answer", name: orderId, bytes: Buffer.from(await answer.text()) });
    }
    await eventually("the customer has mails", async () => store.mail().some(({ to }) => to.includes(contact.email)));
  });

  it("finds no card number in anything that the store or its local run keeps or has answered", async () => {
    const { store, dataDir, east, west } = here.attacked;
    for (const { emulator } of Object.values(store.regions)) await emulator.checkpoint();
    const { found, seen } = await find(
      (async function* () {
        yield* answers;
        yield* readPlaces(store);
        yield* readFiles(dataDir);
      })(),
      numbers,
    );
    expect(Object.fromEntries(found)).to.deep.equal({});
    for (const region of [east, west]) {
      for (const kind of REGIONAL_KINDS) {
        expect(
          [...seen].some((place) => place.startsWith(`${kind} ${region} `)),
          `${kind} of ${region}`,
        ).to.equal(true);
      }
    }
    expect(seen).to.include("console /events");
  });

  it("finds no address, name, mail address or phone number in logs, histories, queues and indexes", async () => {
    const { store, dataDir } = here.attacked;
    const { found, seen } = await find(
      (async function* () {
        yield* readPlaces(store);
        for (const file of readFiles(dataDir)) if (file.name === ACCESS_LOG) yield { ...file, kind: "access log" };
      })(),
      personal,
      IMPERSONAL,
    );
    expect(Object.fromEntries(found)).to.deep.equal({});
    expect(seen).to.include(`access log ${ACCESS_LOG}`);
  });

  it("finds what is planted in each place, in each encoding", async () => {
    const { store, dataDir } = here.attacked;
    const planted: (Needle & { kind: RegionalKind })[] = [];
    for (const deployment of store.deployments) {
      for (const kind of REGIONAL_KINDS) {
        const value = withCheckDigit(`4716${String(20_000_000_000 + planted.length * 104_729)}`);
        planted.push({ kind, name: `${kind} ${deployment.region}`, value });
        await PLANT[kind](deployment, everyEncoding(kind, value));
      }
    }
    const { found } = await find(readPlaces(store), planted);
    const keys = [...found.keys()];
    const missing = planted.flatMap(({ kind, name }) =>
      expectedIn(kind)
        .filter(
          (encoding) => !keys.some((key) => key.startsWith(`${name} (`) && key.endsWith(`${encoding}) in ${name}`)),
        )
        .map((encoding) => `${encoding} in ${name}`),
    );
    expect(missing).to.deep.equal([]);
    // On a busy machine the console reads the Regions more slowly.
    await eventually(
      "the console shows the planted mails",
      async () => {
        const { found: shown } = await find(readConsole(store), planted);
        return store.deployments.every(({ region }) => shown.has(`mail ${region} (plain) in console`));
      },
      240_000,
    );

    for (const { emulator } of Object.values(store.regions)) await emulator.checkpoint();
    const { found: inFiles } = await find(readFiles(dataDir), planted);
    const notInFiles = planted.filter(({ name }) => ![...inFiles.keys()].some((key) => key.startsWith(`${name} (`)));
    // The search engine of the local run keeps its data in memory.
    expect(notInFiles.map(({ name }) => name.split(" ").slice(0, -1).join(" "))).to.have.members([
      "search index",
      "search index",
    ]);
  });
});

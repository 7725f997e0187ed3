import { CompactEncrypt, importJWK } from "jose";
import { cardHeader, deriveOrderId } from "../../../domain/order";
import { tokenOf } from "../../../local/providers/testCards";
import type { Functions } from "./functions";
import { CARD_KEY_ID, cardJwk, REGIONS, type SimulatedRegion } from "./program";
import type { World } from "./world";

/** Kinds of payment, by what the payment provider does with them. */
export const PAYMENTS = [
  "approved",
  "declined",
  "pending, then approved",
  "pending, then declined",
  "token",
  "free",
] as const;
export type Payment = (typeof PAYMENTS)[number];

/** Actions of one customer in one schedule. */
export interface OrderPlan {
  index: number;
  orderId: string;
  customerId: string;
  key: string;
  payment: Payment;
  isReachable: boolean;
  region: SimulatedRegion;
  atMs: number;
  /** Milliseconds after placing; absent if the customer keeps the order. */
  cancelAfterMs?: number;
  /** The page sends the order to the other Region as well, so many milliseconds later. */
  againAfterMs?: number;
  /** Milliseconds after placing at which the customer looks at the order. */
  looksAfterMs: number[];
}

const NUMBERS: Record<Exclude<Payment, "token" | "free">, string> = {
  approved: "4242424242424242",
  declined: "4000000000000002",
  "pending, then approved": "4000000000003220",
  "pending, then declined": "4000008400001629",
};

/** Price of the product that is not free, in cents. */
export const PRICE = 3_490;
export const PRODUCTS = { priced: "kettle", free: "leaflet" } as const;

export function planOrders({ chance }: World, indexes: readonly number[]): OrderPlan[] {
  return indexes.map((index) => {
    const label = `order/${index}`;
    const customerId = `customer-${index}`;
    const key = `key-${index}`;
    const is = (what: string, share: number) => chance.of(`${label}/${what}`) < share;
    return {
      index,
      orderId: deriveOrderId(customerId, key),
      customerId,
      key,
      payment: is("usual", 0.4) ? "approved" : chance.pick(`${label}/payment`, PAYMENTS),
      isReachable: !is("unreachable", 0.12),
      region: chance.pick(`${label}/region`, REGIONS),
      atMs: chance.between(`${label}/at`, 0, 90_000),
      ...(is("cancels", 0.3) && {
        cancelAfterMs: chance.between(`${label}/cancel`, 200, is("soon", 0.6) ? 8_000 : 600_000),
      }),
      ...(is("twice", 0.15) && { againAfterMs: chance.between(`${label}/again`, 0, 4_000) }),
      looksAfterMs: [1, 2, 3].map((look) => chance.between(`${label}/look/${look}`, 1_000, 900_000)),
    };
  });
}

const sealedCards = new Map<string, string>();

/** Encrypts the cards of all plans before the schedule begins: the encryption itself runs in real time. */
export async function sealCards(plans: readonly OrderPlan[]): Promise<void> {
  const key = await importJWK(cardJwk, "RSA-OAEP-256");
  for (const plan of plans) {
    if (plan.payment === "token" || plan.payment === "free" || sealedCards.has(cardId(plan))) continue;
    const card = { number: NUMBERS[plan.payment], expiry: "12/29", code: "123" };
    const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(card)))
      .setProtectedHeader({ ...cardHeader(CARD_KEY_ID, { customerId: plan.customerId, idempotencyKey: plan.key }) })
      .encrypt(key);
    sealedCards.set(cardId(plan), sealed);
  }
}

const cardId = ({ index, payment }: OrderPlan) => `${index}/${payment}`;

interface HttpAnswer {
  statusCode?: number;
  body?: string;
}

/** The customers of one schedule: they place orders, retry with the same key, cancel, and look. */
export class Customers {
  /** Orders that a Region has accepted. */
  readonly accepted = new Set<string>();
  readonly refused = new Map<string, number>();
  private busy = 0;

  constructor(
    private readonly world: World,
    private readonly functions: Functions,
    readonly plans: readonly OrderPlan[],
  ) {
    for (const plan of plans) {
      const { atMs, againAfterMs, cancelAfterMs, looksAfterMs } = plan;
      this.later(atMs, () => this.place(plan, plan.region, 0));
      if (againAfterMs !== undefined) this.later(atMs + againAfterMs, () => this.place(plan, other(plan.region), 0));
      if (cancelAfterMs !== undefined) this.later(atMs + cancelAfterMs, () => this.cancel(plan, 0));
      for (const [index, look] of looksAfterMs.entries()) this.later(atMs + look, () => this.look(plan, index));
    }
  }

  /** True once every customer has done what they wanted, or has given up. */
  get areDone(): boolean {
    return this.busy === 0;
  }

  private later(delayMs: number, run: () => void): void {
    this.busy += 1;
    this.world.after(delayMs, undefined, () => {
      this.busy -= 1;
      run();
    });
  }

  /** Sends a request to a Region; `undefined` stands for no response in time. */
  private send(
    region: string,
    functionName: string,
    request: object,
    done: (answer: HttpAnswer | undefined) => void,
  ): void {
    this.busy += 1;
    let isOver = false;
    const end = (answer: HttpAnswer | undefined) => {
      if (isOver) return;
      isOver = true;
      this.busy -= 1;
      done(answer);
    };
    if (!this.world.isUp(region)) {
      this.world.after(1_000, undefined, () => end(undefined));
      return;
    }
    this.world.after(29_000, undefined, () => end(undefined));
    this.functions.call(region, this.functions.named(region, functionName), request, (result) =>
      end(result.ok ? (result.value as HttpAnswer) : { statusCode: 502 }),
    );
  }

  private place(plan: OrderPlan, region: SimulatedRegion, attempt: number): void {
    const name = `customer ${plan.index}`;
    this.world.tell(`${name} places order ${plan.orderId.slice(0, 6)} in ${region} (${plan.payment})`);
    this.send(region, "orders-submit", placeRequest(plan), (answer) => {
      const status = answer?.statusCode;
      this.world.tell(`${name} gets ${status ?? "no response"} from ${region}`);
      if (status === 201) {
        this.accepted.add(plan.orderId);
        return;
      }
      if (status !== undefined && status < 500) {
        this.refused.set(plan.orderId, status);
        this.world.violate(`the order of customer ${plan.index} was refused with ${status}: ${answer?.body}`);
        return;
      }
      if (attempt === 10) return;
      const wait = Math.min(30_000, 1_000 * 2 ** attempt);
      this.later(wait, () => this.place(plan, attempt % 2 === 0 ? other(region) : region, attempt + 1));
    });
  }

  private cancel(plan: OrderPlan, attempt: number): void {
    const region = this.world.chance.pick(`cancel/${plan.index}/${attempt}`, REGIONS);
    this.send(region, "orders-cancel", requestOf(plan, `/api/orders/${plan.orderId}/cancel`), (answer) => {
      this.world.tell(`customer ${plan.index} asks ${region} to cancel: ${answer?.statusCode ?? "no response"}`);
      const isSettled = answer?.statusCode === 202 || answer?.statusCode === 409;
      if (!isSettled && attempt < 4) this.later(5_000, () => this.cancel(plan, attempt + 1));
    });
  }

  private look(plan: OrderPlan, index: number): void {
    const region = this.world.chance.pick(`look/${plan.index}/${index}`, REGIONS);
    this.send(
      region,
      "orders-read",
      { ...requestOf(plan, `/api/orders/${plan.orderId}`), routeKey: "GET /api/orders/{orderId}" },
      (answer) => {
        if (answer?.statusCode !== 200) return;
        const { status } = JSON.parse(answer.body ?? "{}") as { status: string };
        this.world.tell(`customer ${plan.index} sees ${status} in ${region}`);
      },
    );
  }
}

const other = (region: SimulatedRegion): SimulatedRegion => (region === REGIONS[0] ? REGIONS[1] : REGIONS[0]);

function requestOf({ customerId, orderId }: OrderPlan, path: string) {
  return {
    rawPath: path,
    rawQueryString: "",
    pathParameters: { orderId },
    headers: {} as Record<string, string>,
    isBase64Encoded: false,
    requestContext: { requestId: "request", http: { method: "POST" }, authorizer: { lambda: { customerId } } },
  };
}

function placeRequest(plan: OrderPlan) {
  const { payment, isReachable, key, customerId } = plan;
  const quantity = 1 + (plan.index % 3);
  const isFree = payment === "free";
  const body = {
    lines: [{ productId: isFree ? PRODUCTS.free : PRODUCTS.priced, quantity }],
    expectedTotal: { amount: isFree ? 0 : PRICE * quantity, currency: "USD" },
    shipping: {
      name: "Ann Example",
      street: "1 High Street",
      city: "Springfield",
      postalCode: isReachable ? "12345" : "00000",
      country: "US",
    },
    contact: { email: `${customerId}@example.com` },
    payment:
      payment === "free"
        ? { kind: "none" }
        : payment === "token"
          ? { kind: "token", token: tokenOf("tok_visa", customerId) }
          : { kind: "card", card: sealedCards.get(cardId(plan)) },
  };
  const request = requestOf(plan, "/api/orders");
  return {
    ...request,
    routeKey: "POST /api/orders",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(body),
  };
}

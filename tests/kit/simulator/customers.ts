import { CompactEncrypt, importJWK } from "jose";
import { cardHeader } from "../../../domain/order";
import { tokenOf } from "../../../local/providers/testCards";
import type { Functions } from "./functions";
import type { OrderPlan, Payment } from "./orderPlans";
import { CARD_KEY_ID, COUNTED, cardJwk, PRODUCTS, REGIONS, type SimulatedRegion } from "./program";
import type { Stock } from "./stock";
import type { World } from "./world";

const NUMBERS: Record<Exclude<Payment, "token" | "free">, string> = {
  approved: "4242424242424242",
  declined: "4000000000000002",
  "pending, then approved": "4000000000003220",
  "pending, then declined": "4000008400001629",
};

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
  /** Orders whose customers have given up while their units were on the way from the other Region. */
  readonly waiting = new Set<OrderPlan>();
  private readonly asked = new Map<OrderPlan, { moving: number; soldOut: number }>();
  private busy = 0;

  constructor(
    private readonly world: World,
    private readonly functions: Functions,
    readonly plans: readonly OrderPlan[],
    private readonly stock: Stock,
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
        this.waiting.delete(plan);
        this.stock.onAccepted(plan);
        return;
      }
      if (this.isShort(plan, region, answer)) return;
      if (status !== undefined && status < 500) {
        this.world.violate(`the order of customer ${plan.index} was refused with ${status}: ${answer?.body}`);
        return;
      }
      if (attempt === 10) return;
      const wait = Math.min(30_000, 1_000 * 2 ** attempt);
      this.later(wait, () => this.place(plan, attempt % 2 === 0 ? other(region) : region, attempt + 1));
    });
  }

  /** True if the store has too few units; then the customer asks again in some seconds, or later if all are sold. */
  private isShort(plan: OrderPlan, region: SimulatedRegion, answer: HttpAnswer | undefined): boolean {
    const type = /"type":"\/problems\/(stock-moving|sold-out)"/.exec(answer?.body ?? "")?.[1];
    if (!type || !plan.lines.some(({ productId }) => isCounted(productId))) return false;
    const asked = this.asked.get(plan) ?? { moving: 0, soldOut: 0 };
    this.asked.set(plan, asked);
    if (type === "stock-moving") {
      this.stock.figures.stockMoving += 1;
      this.waiting.add(plan);
      // The page asks again with the same key; DNS leads it to the same Region.
      if (asked.moving++ < MOST_MOVING) this.later(RETRY_AFTER_MS, () => this.place(plan, region, 0));
      return true;
    }
    this.stock.figures.soldOut += 1;
    this.waiting.delete(plan);
    const label = `soldOut/${plan.index}/${asked.soldOut}`;
    const isPatient = this.world.chance.of(label) < 0.6;
    if (isPatient && asked.soldOut++ < 3)
      this.later(this.world.chance.between(`${label}/wait`, 5_000, 240_000), () => this.place(plan, region, 0));
    return true;
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

/** Requests of one order while its units are on their way, and the pause that the store asks for. */
const MOST_MOVING = 20;
const RETRY_AFTER_MS = 3_000;

const isCounted = (productId: string) => (COUNTED as readonly string[]).includes(productId);

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
  const { payment, isReachable, key, customerId, lines } = plan;
  const amount = lines.reduce((sum, { productId, quantity }) => sum + quantity * PRODUCTS[productId], 0);
  const body = {
    lines,
    expectedTotal: { amount, currency: "USD" },
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

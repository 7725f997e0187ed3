import Stripe from "stripe";
import type { AuthorizeAnswer, CaptureAnswer, PayableOrder, RefundAnswer } from "../../../../domain/order";
import { TransientError } from "../../../runtime/transientError";
import { ProviderRefusal } from "../../handlers/steps/providerRefusal";

/** Options of one request. */
export type RequestOptions = (idempotencyKey?: string) => Stripe.RequestOptions;

type Decision = "captured" | "voided" | "refunded";

/**
 * Free orders at Stripe. Capture or void must win for good ([decision 11]), and a PaymentIntent has no total of 0. Stripe lets
 * callers choose the id of a Product and refuses a second one of the same id, so an inactive Product with the id
 * `free_ORDERID` is the order's record: the first decision stands, in both Regions.
 *
 * [decision 11]: ../../../../docs/decisions/0011-free-orders-are-arbitrated-too.md
 */
export class FreeOrders {
  constructor(private readonly stripe: Stripe) {}

  async authorize(order: PayableOrder, options: RequestOptions): Promise<AuthorizeAnswer> {
    return { status: (await this.find(order, options)) ?? "authorized" };
  }

  async read(order: PayableOrder, options: RequestOptions): Promise<AuthorizeAnswer> {
    return { status: (await this.find(order, options)) ?? "none" };
  }

  async decide(order: PayableOrder, decision: "captured" | "voided", options: RequestOptions): Promise<CaptureAnswer> {
    const { orderId } = order;
    try {
      const product = await this.stripe.products.create(
        { id: idOf(order), name: `Free order ${orderId}`, active: false, metadata: { orderId, decision } },
        options(),
      );
      return { status: decisionOf(product) };
    } catch (error) {
      if (!hasCode(error, "resource_already_exists")) throw error;
      const decided = await this.find(order, options);
      if (decided === undefined) throw new TransientError(`The decision on ${orderId} is not readable yet.`);
      return { status: decided };
    }
  }

  async refund(order: PayableOrder, options: RequestOptions): Promise<RefundAnswer> {
    const decided = await this.find(order, options);
    if (decided === undefined || decided === "voided") {
      throw new ProviderRefusal(`The free order ${order.orderId} was never captured.`);
    }
    if (decided === "captured") {
      await this.stripe.products.update(idOf(order), { metadata: { decision: "refunded" } }, options());
    }
    return { status: "refunded" };
  }

  private async find(order: PayableOrder, options: RequestOptions): Promise<Decision | undefined> {
    try {
      return decisionOf(await this.stripe.products.retrieve(idOf(order), {}, options()));
    } catch (error) {
      if (hasCode(error, "resource_missing")) return undefined;
      throw error;
    }
  }
}

const idOf = ({ orderId }: PayableOrder) => `free_${orderId}`;

function decisionOf({ id, metadata }: Stripe.Product): Decision {
  const decision = metadata?.["decision"];
  if (decision === "captured" || decision === "voided" || decision === "refunded") return decision;
  throw new TransientError(`The Product ${id} has the decision “${decision}”, which is unknown.`);
}

const hasCode = (error: unknown, code: string) => error instanceof Stripe.errors.StripeError && error.code === code;

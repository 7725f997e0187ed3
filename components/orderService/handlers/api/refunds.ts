import { json, problem, validator } from "../../../../domain/http";
import { formatMoney } from "../../../../domain/money";
import {
  type Deadlines,
  decideRefund,
  deriveRefundId,
  findEffectiveOrder,
  hashRequest,
  isRefundDue,
  MAX_REFUNDS,
  type OrderItem,
  type PartialRefundAnswer,
  type PaymentProvider,
  pointersToCardNumbers,
  type RefundItem,
  type RefundRefusal,
  refundedAmount,
  requestRefund,
  settleRefund,
  toRefunds,
  toRefundView,
} from "../../../../domain/order";
import type { RefundRequest } from "../../../../domain/order/api/openapi";
import * as operations from "../../../../domain/order/api/operations.compiled";
import { refuseUnlessMerchandiser } from "../../../runtime/refuseUnlessMerchandiser";
import { TransientError } from "../../../runtime/transientError";
import type { OrderStore } from "../orderStore";
import { customerOf, type HttpRequest, type HttpResponse } from "./http";
import { cardNumberInKey, cardNumberWritten, refuseRepeatedLines, refuseUsedKey } from "./refusals";

/** Event that starts the execution of a refund in its own Region. */
export interface RefundTask {
  orderId: string;
  refundId: string;
  attempt: number;
}

/**
 * `POST /api/orders/{orderId}/refunds` (rule 16): stores a merchandiser's refund in an item of this Region, whichever Region owns
 * the order. The payment provider follows from the write.
 */
export function createRequestRefund(store: OrderStore, deadlines?: Deadlines) {
  const check = validator<RefundRequest, { orderId: string; "Idempotency-Key": string }>(operations.refundOrder);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const forbidden = refuseUnlessMerchandiser(request, "refund orders");
    if (forbidden) return forbidden;
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { orderId, "Idempotency-Key": key } = valid.parameters;
    const { reason, ...part } = valid.body;
    const lines = "lines" in part ? part.lines : undefined;
    const shipping = "shipping" in part && part.shipping;
    const refused =
      cardNumberWritten([...pointersToCardNumbers({ reason }), ...cardNumberInKey(key)]) ??
      refuseRepeatedLines(lines ?? []);
    if (refused) return refused;

    const refundId = deriveRefundId(orderId, key);
    const requestHash = hashRequest(valid.body);
    for (let attempt = 1; attempt <= DECISIONS; attempt++) {
      const { order, refunds, acceptedHere } = await read(store, orderId);
      if (!order) return answerUnknownOrder(orderId);
      const earlier = answerRepeated(refunds, refundId, requestHash);
      if (earlier) return earlier;

      const decision = decideRefund(order, refunds, part);
      if (!decision.ok) return refuseRefund(order, decision.refusal);
      const refund = {
        ...{ refundId, orderId, owner: store.region, customerId: order.customerId, amount: decision.amount },
        ...(lines && { lines }),
        ...(shipping && { shipping }),
        ...(decision.tax && { tax: decision.tax }),
        ...{ reason, requestedBy: customerOf(request), requestHash },
      };
      const write = requestRefund(refund, acceptedHere, { at: new Date().toISOString(), deadlines });
      if (await store.writeRefund(write)) return accepted(write.item);
      // Another request was stored in this moment, maybe the same one: it may leave less to refund.
    }
    throw new TransientError(`Other refunds of ${orderId} were stored concurrently, ${DECISIONS} times.`);
  };
}

/** Decisions about one request. Each further one follows another refund of the order, of which there are at most `MAX_REFUNDS`. */
const DECISIONS = 5;

/** `GET /api/orders/{orderId}/refunds`: the refunds of any order, for merchandisers. */
export function createListRefunds(store: OrderStore) {
  const check = validator<undefined, { orderId: string }>(operations.listRefunds);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const forbidden = refuseUnlessMerchandiser(request, "refund orders");
    if (forbidden) return forbidden;
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { order, refunds } = await read(store, valid.parameters.orderId);
    if (!order) return answerUnknownOrder(valid.parameters.orderId);
    const { status, createdAt, lines, shippingMethod, total } = order;
    const refunded = { ...total, amount: refundedAmount(refunds) };
    const shown = { status, createdAt, lines, ...(shippingMethod && { shippingMethod }), total };
    return json(200, { ...shown, refunded, refunds: refunds.map(toRefundView) });
  };
}

export interface MakeRefundDeps {
  store: OrderStore;
  payments: PaymentProvider;
  deadlines?: Deadlines;
  /** Waits between two attempts, in milliseconds. */
  pause?: (milliseconds: number) => Promise<void>;
  /** Called when the payment provider did not accept a refund. */
  onFailure?: () => void;
}

/** Calls of the payment provider in one execution. Lambda repeats the execution twice, and the sweeper starts another one. */
const ATTEMPTS = 2;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Rule 16: has the payment provider make a refund, and records its answer. Idempotent: the provider makes a refund once for each id,
 * so an execution that dies anywhere is repeated.
 */
export async function makeRefund(task: RefundTask, making: MakeRefundDeps): Promise<void> {
  const { store, payments, deadlines, onFailure, pause = sleep } = making;
  const { orderId, refundId, attempt } = task;
  const { order, items } = await read(store, orderId);
  const own = items.find((item) => item.refundId === refundId && item.owner === store.region);
  if (!isRefundDue(own, attempt)) return;
  // The refund has replicated before its order.
  if (!order) throw new TransientError(`The order ${orderId} of the refund ${refundId} is not known here yet.`);
  const answer = await ask();
  // A failed condition: the sweeper has begun the next attempt, which asks the provider again.
  await store.writeRefund(settleRefund(own, answer, { at: new Date().toISOString(), deadlines }));

  async function ask(): Promise<PartialRefundAnswer> {
    for (let tried = 1; ; tried++) {
      try {
        return await payments.refundPart(order!, { refundId, amount: own!.amount.amount });
      } catch (error) {
        if (!(error instanceof TransientError) || tried === ATTEMPTS) {
          onFailure?.();
          throw error;
        }
        await pause(Math.random() * LONGEST_PAUSE_MS);
      }
    }
  }
}

async function read(store: OrderStore, orderId: string) {
  const partition = await store.partition(orderId);
  const items = partition.refunds ?? [];
  const acceptedHere = partition.acceptedRefunds?.[store.region] ?? 0;
  return { order: findEffectiveOrder(partition), items, refunds: toRefunds(items), acceptedHere };
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

const accepted = (item: RefundItem): HttpResponse => json(202, toRefundView(item));

/** Answers a retry as the first request, whatever has become of the refund meanwhile. */
function answerRepeated(
  refunds: readonly RefundItem[],
  refundId: string,
  requestHash: string,
): HttpResponse | undefined {
  const earlier = refunds.find((refund) => refund.refundId === refundId);
  return earlier && (earlier.requestHash === requestHash ? accepted(earlier) : refuseUsedKey());
}

function answerUnknownOrder(orderId: string): HttpResponse {
  const detail = `There is no order ${orderId} in this Region. Check the id.`;
  return problem(404, { title: "Order not found", detail });
}

function refuseRefund({ status, orderId }: OrderItem, refusal: RefundRefusal): HttpResponse {
  switch (refusal.reason) {
    case "status": {
      const detail = `The order ${orderId} is ${status}. Only an order whose payment is captured can be refunded in part.`;
      return problem(409, { type: "not-captured", title: "Nothing to refund", detail, orderStatus: status });
    }
    case "unknown-lines": {
      const { productIds } = refusal;
      const detail = `The order has no ${productIds.join(", ")}. Refund lines of the order, or an amount.`;
      return problem(422, { title: "Not in the order", detail, productIds });
    }
    case "too-many-pieces": {
      const left = refusal.lines.map(({ productId, quantity }) => `${quantity} of ${productId}`).join(", ");
      const detail = `Left to refund: ${left}. Lower the quantity, or refund an amount.`;
      return problem(409, { type: "refund-exceeds", title: "More than is left", detail, lines: refusal.lines });
    }
    case "no-shipping": {
      const detail = `The order ${orderId} has no shipping line. Leave \`shipping\` out, or refund an amount.`;
      return problem(422, { title: "No shipping in the order", detail });
    }
    case "shipping-refunded": {
      const detail = `The shipping of ${orderId} is refunded already. Leave \`shipping\` out, or refund an amount.`;
      return problem(409, { type: "refund-exceeds", title: "More than is left", detail, lines: [] });
    }
    case "exceeds": {
      const detail = `${formatMoney(refusal.left)} of the order are left to refund. Lower the amount.`;
      return problem(409, { type: "refund-exceeds", title: "More than is left", detail, left: refusal.left });
    }
    case "too-many-refunds": {
      const detail = `The order has ${MAX_REFUNDS} refunds, the most that an order may have.`;
      return problem(409, { type: "too-many-refunds", title: "Too many refunds", detail });
    }
  }
}

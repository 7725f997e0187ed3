import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import type { RequestEvent } from "../../domain/http";
import {
  deriveOrderId,
  isCustomerUrl,
  MAX_TOTAL_AMOUNT,
  type PayableOrder,
  type PaymentMeans,
  SIGNALS,
} from "../../domain/order";
import { PAYMENT_FAULTS, type PaymentOperation, type PaymentStand } from "./paymentStand";

/** One rule of the port `PaymentProvider`. */
export interface PaymentRule {
  /** Completes "The adapter …". */
  title: string;
  /** Rejects with an `AssertionError` if the adapter breaks the rule. Takes as long as the adapter's time-out. */
  check(stand: PaymentStand): Promise<void>;
}

/**
 * Every rule of the port `PaymentProvider`, and every fault of a provider. They need no test runner: any that takes a
 * title and an asynchronous function does.
 *
 * ```ts
 * import { paymentProviderRules } from "stayopen/testing";
 *
 * describe("our payment adapter", () => {
 *   for (const { title, check } of paymentProviderRules) it(title, () => check(stand));
 * });
 * ```
 */
export const paymentProviderRules: readonly PaymentRule[] = [
  ...describing("authorize", {
    "authorizes once, however often and at however many places it is asked": async (stand) => {
      const { order, means, authorize, totals } = open(stand);
      await atOnce(authorize(means.approved), authorize(means.approved));
      const again = await authorize(means.approved);
      assert.equal(again.status, "authorized");
      assert.deepEqual(await totals(), { authorizations: 1, captures: 0, refunds: 0, paidAmount: 0 });
      assert.equal((await stand.provider.read(order)).status, "authorized");
      for (const text of [again.reference, again.card?.brand, again.card?.last4]) assertLine(text);
    },
    "declines with a reason, and judges another means again": async (stand) => {
      const { means, authorize, read } = open(stand);
      const declined = await authorize(means.declined);
      assert.equal(declined.status, "declined");
      assertLine(declined.reason);
      assert.ok(declined.reason, "A declined payment has a reason.");
      assert.equal((await read()).status, "declined");
      assert.equal((await authorize(means.approved)).status, "authorized");
    },
    "declines a token that is not this customer's": async (stand) => {
      const { means, authorize, totals } = open(stand);
      assert.equal((await authorize(means.foreign)).status, "declined");
      assert.equal((await totals()).authorizations, 0);
    },
    "never rejects an amount that can't be charged": async (stand) => {
      const { order, means } = open(stand);
      const dear = { ...order, total: { ...order.total, amount: MAX_TOTAL_AMOUNT } };
      const { status } = await stand.provider.authorize(dear, means.approved);
      assert.ok(["authorized", "declined"].includes(status), `The answer was "${status}".`);
      assert.equal((await stand.provider.void(dear)).status, "voided");
    },
    "refuses another total for an order that is authorized": async (stand) => {
      const { order, means, authorize, totals } = open(stand);
      await authorize(means.approved);
      const dearer = { ...order, total: { ...order.total, amount: order.total.amount + 1_000 } };
      await assertRefused(stand.provider.authorize(dearer, means.approved));
      assert.equal((await totals()).authorizations, 1);
    },
  }),

  ...describing("pending", {
    "follows a pending payment to its approval, and sends a webhook that names the order": async (stand) => {
      const { order, means, authorize, read } = open(stand);
      assert.equal((await authorize(means.pendingThenApproved)).status, "pending");
      assert.equal((await read()).status, "pending");
      assert.equal((await authorize(means.pendingThenApproved)).status, "pending");
      await stand.settle(order.orderId);
      assert.equal((await read()).status, "authorized");
      for (const request of await someWebhooks(stand, order.orderId)) await assertNames(stand, request, order.orderId);
    },
    "follows a pending payment to its decline": async (stand) => {
      const { order, means, authorize, read } = open(stand);
      await authorize(means.pendingThenDeclined);
      await stand.settle(order.orderId);
      const { status, reason } = await read();
      assert.equal(status, "declined");
      assertLine(reason);
      await someWebhooks(stand, order.orderId);
    },
    "never authorizes what was voided while pending": async (stand) => {
      const { order, means, authorize, read, totals } = open(stand);
      await authorize(means.pendingThenApproved);
      assert.equal((await stand.provider.void(order)).status, "voided");
      await stand.settle(order.orderId);
      assert.equal((await read()).status, "voided");
      assert.equal((await totals()).authorizations, 0);
    },
    "reads the record, not the webhook, when a failure is reported after a success": async (stand) => {
      const { order, means, authorize, read } = open(stand);
      await authorize(means.pendingThenDeclined);
      await stand.settle(order.orderId);
      const late = await someWebhooks(stand, order.orderId);
      await authorize(means.approved);
      for (const request of late) await assertNames(stand, request, order.orderId);
      assert.equal((await read()).status, "authorized");
    },
    "reads the record, not the webhook, when an approval is reported after a void": async (stand) => {
      const { order, means, authorize, read } = open(stand);
      await authorize(means.pendingThenApproved);
      await stand.settle(order.orderId);
      const late = await someWebhooks(stand, order.orderId);
      await stand.provider.void(order);
      for (const request of late) await assertNames(stand, request, order.orderId);
      assert.equal((await read()).status, "voided");
    },
  }),

  ...describingChallenges({
    "names the same page however often it is asked, until the customer has confirmed": async (stand, challenge) => {
      const { order, authorize, read, totals } = open(stand);
      const means = challenge.means(order.customerId);
      const begun = await authorize(means);
      assert.equal(begun.status, "pending");
      assert.ok(isCustomerUrl(begun.challengeUrl), `"${begun.challengeUrl}" is no page for a customer.`);
      for (const again of [await read(), await authorize(means)]) {
        assert.deepEqual([again.status, again.challengeUrl], ["pending", begun.challengeUrl]);
      }
      assert.equal((await totals()).authorizations, 0);
      await challenge.answer(order.orderId, "confirmed");
      const confirmed = await read();
      assert.deepEqual([confirmed.status, confirmed.challengeUrl], ["authorized", undefined]);
      assert.equal((await totals()).authorizations, 1);
      for (const request of await someWebhooks(stand, order.orderId)) await assertNames(stand, request, order.orderId);
    },
    "gives each order a page of its own": async (stand, challenge) => {
      const pages = await Promise.all(
        [open(stand), open(stand)].map(({ order, authorize }) => authorize(challenge.means(order.customerId))),
      );
      assert.notEqual(pages[0]!.challengeUrl, pages[1]!.challengeUrl);
    },
    "declines what the customer refuses, and judges another means": async (stand, challenge) => {
      const { order, means, authorize, read } = open(stand);
      await authorize(challenge.means(order.customerId));
      await challenge.answer(order.orderId, "refused");
      const { status, reason, challengeUrl } = await read();
      assert.deepEqual([status, challengeUrl], ["declined", undefined]);
      assertLine(reason);
      assert.ok(reason, "A declined payment has a reason.");
      assert.equal((await authorize(means.approved)).status, "authorized");
    },
    "charges nothing when the customer confirms after the void": async (stand, challenge) => {
      const { order, authorize, read, totals } = open(stand);
      await authorize(challenge.means(order.customerId));
      assert.equal((await stand.provider.void(order)).status, "voided");
      await challenge.answer(order.orderId, "confirmed");
      const { status, challengeUrl } = await read();
      assert.deepEqual([status, challengeUrl], ["voided", undefined]);
      assert.equal((await stand.provider.capture(order)).status, "voided");
      assert.deepEqual(await totals(), { authorizations: 0, captures: 0, refunds: 0, paidAmount: 0 });
    },
    "voids for good what the customer confirmed before the void": async (stand, challenge) => {
      const { order, authorize, totals } = open(stand);
      await authorize(challenge.means(order.customerId));
      await challenge.answer(order.orderId, "confirmed");
      assert.equal((await stand.provider.void(order)).status, "voided");
      assert.equal((await stand.provider.capture(order)).status, "voided");
      assert.equal((await totals()).paidAmount, 0);
    },
  }),

  ...describing("capture", {
    "captures the total once, however often and at however many places it is asked": async (stand) => {
      const { order, authorized, totals, read } = open(stand);
      const held = await authorized();
      await atOnce(stand.provider.capture(held), stand.provider.capture(order));
      assert.equal((await stand.provider.capture(held)).status, "captured");
      assert.deepEqual(await totals(), {
        authorizations: 1,
        captures: 1,
        refunds: 0,
        paidAmount: order.total.amount,
      });
      assert.equal((await read()).status, "captured");
    },
    "answers an authorize after the capture with captured": async (stand) => {
      const { order, means, authorize, authorized } = open(stand);
      await authorized();
      await stand.provider.capture(order);
      assert.equal((await authorize(means.approved)).status, "captured");
    },
    "refuses to capture what was never authorized": async (stand) => {
      const { order, totals } = open(stand);
      await assertRefused(stand.provider.capture(order));
      assert.equal((await totals()).paidAmount, 0);
    },
  }),

  ...describing("void", {
    "voids an authorized payment for good": async (stand) => {
      const { order, means, authorize, authorized, read, totals } = open(stand);
      const held = await authorized();
      assert.equal((await stand.provider.void(held)).status, "voided");
      assert.equal((await stand.provider.void(order)).status, "voided");
      assert.equal((await stand.provider.capture(held)).status, "voided");
      assert.equal((await authorize(means.approved)).status, "voided");
      assert.equal((await read()).status, "voided");
      assert.equal((await totals()).paidAmount, 0);
    },
    "voids an order that was never authorized, so that a late authorize cannot succeed": async (stand) => {
      const { order, means, authorize, read, totals } = open(stand);
      await atOnce(stand.provider.void(order), stand.provider.void(order));
      assert.equal((await stand.provider.void(order)).status, "voided");
      assert.equal((await authorize(means.approved)).status, "voided");
      assert.equal((await read()).status, "voided");
      assert.equal((await totals()).authorizations, 0);
    },
    "voids an order that was declined": async (stand) => {
      const { order, means, authorize } = open(stand);
      await authorize(means.declined);
      assert.equal((await stand.provider.void(order)).status, "voided");
      assert.equal((await authorize(means.approved)).status, "voided");
    },
    "keeps the void although an authorization arrives after it": async (stand) => {
      const { order, means, authorize, read, totals } = open(stand);
      await stand.failNext(order.orderId, "authorize", "late");
      await assertTransient(authorize(means.approved));
      assert.equal((await stand.provider.void(order)).status, "voided");
      await stand.afterLateCall(order.orderId);
      assert.equal((await read()).status, "voided");
      assert.equal((await totals()).authorizations, 0);
    },
    "says that a void comes too late after the capture": async (stand) => {
      const { order, authorized, totals } = open(stand);
      const held = await authorized();
      await stand.provider.capture(held);
      assert.equal((await stand.provider.void(held)).status, "captured");
      assert.equal((await totals()).paidAmount, order.total.amount);
    },
    "lets one of capture and void win for good when both are asked at once": async (stand) => {
      const { order, authorized, totals, read } = open(stand);
      const held = await authorized();
      await atOnce(stand.provider.capture(held), stand.provider.void(order));
      const { status } = await read();
      assert.ok(status === "captured" || status === "voided", `The record is "${status}".`);
      assert.equal((await stand.provider.capture(held)).status, status);
      assert.equal((await stand.provider.void(held)).status, status);
      assert.equal((await totals()).paidAmount, status === "captured" ? order.total.amount : 0);
    },
  }),

  ...describing("refund", {
    "refunds once, however often and at however many places it is asked": async (stand) => {
      const { order, authorized, totals, read } = open(stand);
      const held = await authorized();
      await stand.provider.capture(held);
      await atOnce(stand.provider.refund(held), stand.provider.refund(order));
      assert.equal((await stand.provider.refund(held)).status, "refunded");
      assert.deepEqual(await totals(), { authorizations: 1, captures: 1, refunds: 1, paidAmount: 0 });
      assert.equal((await read()).status, "refunded");
    },
    "never charges again what was refunded": async (stand) => {
      const { order, means, authorize, authorized, totals } = open(stand);
      await authorized();
      await stand.provider.capture(order);
      await stand.provider.refund(order);
      for (const answer of [
        await authorize(means.approved),
        await stand.provider.capture(order),
        await stand.provider.void(order),
      ]) {
        assert.ok(["voided", "refunded"].includes(answer.status), `The answer was "${answer.status}".`);
      }
      assert.equal((await totals()).paidAmount, 0);
    },
    "refuses to refund what was never captured": async (stand) => {
      const { authorized, read } = open(stand);
      await assertRefused(stand.provider.refund(await authorized()));
      assert.equal((await read()).status, "authorized");
    },
  }),

  ...describing("refundPart", {
    "refunds a part once for each id, however often and at however many places it is asked": async (stand) => {
      const { order, captured, totals, read } = open(stand);
      const paid = await captured();
      const part = { refundId: randomUUID(), amount: 500 };
      await atOnce(stand.provider.refundPart(paid, part), stand.provider.refundPart(order, part));
      assert.equal((await stand.provider.refundPart(paid, part)).status, "refunded");
      const paidAmount = order.total.amount - 500;
      assert.deepEqual(await totals(), { authorizations: 1, captures: 1, refunds: 1, paidAmount });
      const another = { refundId: randomUUID(), amount: 500 };
      assert.equal((await stand.provider.refundPart(paid, another)).status, "refunded");
      assert.equal((await totals()).paidAmount, paidAmount - 500);
      assert.equal((await read()).status, "captured");
    },
    "never refunds more than was captured, although two parts are asked for at once": async (stand) => {
      const { order, captured, totals } = open(stand);
      const paid = await captured();
      const amount = order.total.amount - 500;
      const parts = [randomUUID(), randomUUID()].map((refundId) => ({ refundId, amount }));
      await atOnce(...parts.map((part) => stand.provider.refundPart(paid, part)));
      const answers: string[] = [];
      for (const part of parts) answers.push((await stand.provider.refundPart(paid, part)).status);
      assert.deepEqual(answers.sort(), ["refunded", "refused"]);
      assert.equal((await totals()).paidAmount, 500);
    },
    "refuses an id that was used with another amount": async (stand) => {
      const { order, captured, totals } = open(stand);
      const paid = await captured();
      const refundId = randomUUID();
      assert.equal((await stand.provider.refundPart(paid, { refundId, amount: 500 })).status, "refunded");
      assert.equal((await stand.provider.refundPart(paid, { refundId, amount: 600 })).status, "refused");
      assert.equal((await totals()).paidAmount, order.total.amount - 500);
    },
    "leaves the payment captured, even if the parts are the whole": async (stand) => {
      const { order, means, captured, authorize, read, totals } = open(stand);
      const paid = await captured();
      const part = { refundId: randomUUID(), amount: order.total.amount };
      assert.equal((await stand.provider.refundPart(paid, part)).status, "refunded");
      assert.equal((await read()).status, "captured");
      assert.equal((await stand.provider.capture(paid)).status, "captured");
      assert.equal((await stand.provider.void(paid)).status, "captured");
      assert.equal((await authorize(means.approved)).status, "captured");
      assert.equal((await totals()).paidAmount, 0);
    },
    "leaves the rest to a whole refund, after which nothing is left": async (stand) => {
      const { captured, read, totals } = open(stand);
      const paid = await captured();
      const part = { refundId: randomUUID(), amount: 500 };
      assert.equal((await stand.provider.refundPart(paid, part)).status, "refunded");
      await atOnce(stand.provider.refund(paid), stand.provider.refund(paid));
      assert.equal((await stand.provider.refund(paid)).status, "refunded");
      assert.deepEqual(await totals(), { authorizations: 1, captures: 1, refunds: 2, paidAmount: 0 });
      assert.equal((await read()).status, "refunded");
      assert.equal((await stand.provider.refundPart(paid, part)).status, "refunded");
      assert.equal((await stand.provider.refundPart(paid, { refundId: randomUUID(), amount: 1 })).status, "refused");
      assert.equal((await totals()).paidAmount, 0);
    },
    "refuses to refund a part of what was never captured": async (stand) => {
      const { authorized, read } = open(stand);
      const held = await authorized();
      await assertRefused(stand.provider.refundPart(held, { refundId: randomUUID(), amount: 500 }));
      assert.equal((await read()).status, "authorized");
      assert.equal((await stand.provider.capture(held)).status, "captured");
    },
  }),

  ...describing("read", {
    "has no record of an order that it never met, and makes no payment of the question": async (stand) => {
      const { means, authorize, read, totals } = open(stand);
      assert.equal((await read()).status, "none");
      assert.equal((await totals()).authorizations, 0);
      assert.equal((await authorize(means.approved)).status, "authorized");
    },
  }),

  ...describing("free order", {
    "authorizes and captures a total of 0 without a charge": async (stand) => {
      const { order, totals } = openFree(stand);
      assert.equal((await stand.provider.authorize(order, { kind: "none" })).status, "authorized");
      assert.equal((await stand.provider.authorize(order, { kind: "none" })).status, "authorized");
      await atOnce(stand.provider.capture(order), stand.provider.capture(order));
      assert.equal((await stand.provider.capture(order)).status, "captured");
      assert.equal((await stand.provider.void(order)).status, "captured");
      assert.equal((await stand.provider.read(order)).status, "captured");
      assert.equal((await totals()).paidAmount, 0);
    },
    "voids a total of 0 for good": async (stand) => {
      const { order } = openFree(stand);
      assert.equal((await stand.provider.void(order)).status, "voided");
      assert.equal((await stand.provider.authorize(order, { kind: "none" })).status, "voided");
      assert.equal((await stand.provider.capture(order)).status, "voided");
      assert.equal((await stand.provider.read(order)).status, "voided");
    },
    "lets one of capture and void win when both are asked at once": async (stand) => {
      const { order } = openFree(stand);
      await stand.provider.authorize(order, { kind: "none" });
      await atOnce(stand.provider.capture(order), stand.provider.void(order));
      const { status } = await stand.provider.read(order);
      assert.ok(status === "captured" || status === "voided", `The record is "${status}".`);
      assert.equal((await stand.provider.capture(order)).status, status);
      assert.equal((await stand.provider.void(order)).status, status);
    },
    "refunds a total of 0, so that it is never shipped": async (stand) => {
      const { order } = openFree(stand);
      await stand.provider.authorize(order, { kind: "none" });
      await stand.provider.capture(order);
      await atOnce(stand.provider.refund(order), stand.provider.refund(order));
      assert.equal((await stand.provider.refund(order)).status, "refunded");
      assert.ok(["voided", "refunded"].includes((await stand.provider.capture(order)).status));
    },
  }),

  ...(["authorize", "read", "capture", "void", "refund", "refundPart"] as const).flatMap((operation) =>
    PAYMENT_FAULTS.map(
      (fault): PaymentRule => ({
        title: `${operation}: asks again after ${fault}, and takes effect once`,
        check: (stand) => checkFault(stand, operation, fault),
      }),
    ),
  ),

  ...describing("webhook", {
    "knows a repeated delivery by its id": async (stand) => {
      const { orderId, request } = await sentWebhook(stand);
      const [first, second] = [await stand.readWebhook(request), await stand.readWebhook(request)];
      assert.ok(first.kind === "changed");
      assert.equal(first.orderId, orderId);
      assert.ok(first.webhookId);
      assert.deepEqual(second, first);
    },
    "refuses a changed body, a missing signature and a foreign one": async (stand) => {
      const { orderId, request } = await sentWebhook(stand);
      const other = await sentWebhook(stand);
      const body = request.body!.replaceAll(orderId, deriveOrderId("forger", randomUUID()));
      assert.notEqual(body, request.body, "The body names the order.");
      const { "content-type": contentType } = request.headers;
      for (const forged of [
        { ...request, body },
        { ...request, headers: { "content-type": contentType } },
        { ...request, headers: other.request.headers },
      ]) {
        const received = await stand.readWebhook(forged);
        assert.ok(received.kind === "refused", `The forged webhook was ${received.kind}.`);
        assert.equal(received.response.statusCode, 401);
      }
    },
    "refuses a webhook that was signed an hour ago": async (stand) => {
      const { request } = await sentWebhook(stand);
      const now = Date.now;
      Date.now = () => now() + 3_600_000;
      try {
        assert.equal((await stand.readWebhook(request)).kind, "refused");
      } finally {
        Date.now = now;
      }
    },
  }),
];

function describing(subject: string, checks: Record<string, PaymentRule["check"]>): PaymentRule[] {
  return Object.entries(checks).map(([title, check]) => ({ title: `${subject}: ${title}`, check }));
}

/** Rules of a provider with challenges; the others pass. */
function describingChallenges(
  checks: Record<string, (stand: PaymentStand, challenge: NonNullable<PaymentStand["challenge"]>) => Promise<void>>,
): PaymentRule[] {
  return Object.entries(checks).map(([title, check]) => ({
    title: `challenge: ${title}`,
    check: async (stand) => stand.challenge && check(stand, stand.challenge),
  }));
}

/** A new order, and the calls about it. */
function open(stand: PaymentStand) {
  const customerId = `customer-${randomUUID()}`;
  const order: PayableOrder = {
    orderId: deriveOrderId(customerId, randomUUID()),
    customerId,
    createdAt: new Date().toISOString(),
    total: { amount: stand.amount ?? 1999, currency: stand.currency },
    payment: { kind: "card" },
  };
  const means = stand.means(customerId);
  const authorize = (by: PaymentMeans) => stand.provider.authorize(order, by);
  const authorized = async (): Promise<PayableOrder> => {
    const { status, reference, card } = await authorize(means.approved);
    assert.equal(status, "authorized");
    return { ...order, payment: { ...order.payment, reference, card } };
  };
  return {
    order,
    means,
    authorize,
    read: () => stand.provider.read(order),
    totals: () => stand.totals(order.orderId),
    /** Authorizes, and returns the order as the step stores it: with the provider's reference. */
    authorized,
    captured: async (): Promise<PayableOrder> => {
      const held = await authorized();
      assert.equal((await stand.provider.capture(held)).status, "captured");
      return held;
    },
  };
}

function openFree(stand: PaymentStand) {
  const { order } = open(stand);
  const free: PayableOrder = { ...order, total: { ...order.total, amount: 0 }, payment: { kind: "none" } };
  return { order: free, totals: () => stand.totals(free.orderId) };
}

async function checkFault(
  stand: PaymentStand,
  operation: PaymentOperation,
  fault: (typeof PAYMENT_FAULTS)[number],
): Promise<void> {
  const { order, means, authorize, authorized, totals } = open(stand);
  const once = { authorizations: 1, captures: 0, refunds: 0, paidAmount: 0 };
  const { provider } = stand;
  switch (operation) {
    case "authorize":
      await failing(() => authorize(means.approved), "authorized");
      return assert.deepEqual(await totals(), once);
    case "read":
      await authorized();
      await failing(() => provider.read(order), "authorized");
      return assert.deepEqual(await totals(), once);
    case "capture": {
      const held = await authorized();
      await failing(() => provider.capture(held), "captured");
      return assert.deepEqual(await totals(), { ...once, captures: 1, paidAmount: order.total.amount });
    }
    case "void": {
      const held = await authorized();
      await failing(() => provider.void(held), "voided");
      return assert.deepEqual(await totals(), once);
    }
    case "refund": {
      const held = await authorized();
      await provider.capture(held);
      await failing(() => provider.refund(held), "refunded");
      return assert.deepEqual(await totals(), { ...once, captures: 1, refunds: 1 });
    }
    case "refundPart": {
      const held = await authorized();
      await provider.capture(held);
      const part = { refundId: randomUUID(), amount: 500 };
      await failing(() => provider.refundPart(held, part), "refunded");
      const paidAmount = order.total.amount - 500;
      return assert.deepEqual(await totals(), { ...once, captures: 1, refunds: 1, paidAmount });
    }
  }

  async function failing(call: () => Promise<{ status: string }>, status: string): Promise<void> {
    await stand.failNext(order.orderId, operation, fault);
    const error = await assertTransient(call());
    if (means.approved.kind === "card") {
      const { number, code } = means.approved.card;
      const shown = inspect(error, { depth: 10, showHidden: true });
      assert.ok(!shown.includes(number), "No error contains a card's number.");
      assert.ok(!new RegExp(`\\b${code}\\b`).test(shown), "No error contains a card's code.");
    }
    assert.equal((await call()).status, status);
  }
}

/** A genuine webhook about a new order. */
async function sentWebhook(stand: PaymentStand): Promise<{ orderId: string; request: RequestEvent }> {
  const { order, means, authorize } = open(stand);
  await authorize(means.pendingThenApproved);
  await stand.settle(order.orderId);
  return { orderId: order.orderId, request: (await someWebhooks(stand, order.orderId)).at(-1)! };
}

async function someWebhooks(stand: PaymentStand, orderId: string): Promise<RequestEvent[]> {
  const sent = await stand.webhooks(orderId);
  assert.ok(sent.length > 0, "The provider sent a webhook.");
  return sent;
}

async function assertNames(stand: PaymentStand, request: RequestEvent, orderId: string): Promise<void> {
  const received = await stand.readWebhook(request);
  assert.ok(received.kind === "changed", `The webhook was ${received.kind}.`);
  assert.equal(received.orderId, orderId);
}

/** Both calls run at once. One of them may be asked to come again: then it is. */
async function atOnce(...calls: Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(calls)) {
    if (outcome.status === "rejected") assertIsTransient(outcome.reason);
  }
}

async function assertTransient(call: Promise<unknown>): Promise<unknown> {
  const error = await failureOf(call);
  assertIsTransient(error);
  return error;
}

function assertIsTransient(error: unknown): void {
  const { name, message } = error as Error;
  assert.equal(name, SIGNALS.transient, `The call rejected with ${name}: ${message}`);
}

/** A refusal for good: the workflow does not repeat the call. */
async function assertRefused(call: Promise<unknown>): Promise<void> {
  const error = await failureOf(call);
  assert.notEqual((error as Error).name, SIGNALS.transient, `The call was not refused for good: ${error}`);
}

function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (answer) => assert.fail(`The call was answered with ${inspect(answer)}.`),
    (error: unknown) => error,
  );
}

/** Texts are optional; one that is there fits one line of a mail. */
function assertLine(text: string | undefined): void {
  if (text === undefined) return;
  assert.match(text, /^[^\r\n]{1,200}$/u);
}

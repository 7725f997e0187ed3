import type { KMSClient } from "@aws-sdk/client-kms";
import {
  type AuthorizeAnswer,
  afterAuthorize,
  afterCapture,
  type Deadlines,
  type OrderItem,
  type PaymentProvider,
  SIGNALS,
  type StepInput,
} from "../../../../domain/order";
import type { TaskReply } from "../executions/taskReply";
import type { OrderStore } from "../orderStore";
import { openCard, UnreadableCard } from "./openCard";
import { type Exit, type Performed, runStep } from "./stepRun";

/** Reason for the customer if the payment provider did not answer in time, or has no record of the order. */
const UNANSWERED = "The payment could not be confirmed in time.";
const UNREADABLE = "The card's details could not be read.";

export interface AuthorizeDeps {
  store: OrderStore;
  payments: PaymentProvider;
  kms: KMSClient;
  cardKeyArns: readonly string[];
  reply: TaskReply;
  /** Seconds after which an undecided payment counts as unpaid. */
  limitSeconds: number;
  deadlines?: Deadlines;
}

/**
 * The step Authorize (rule 5): the money is held and the order is PAID, or will not be paid. While the payment
 * provider has not decided, the step's task stays open: a webhook, a cancellation or its time-out runs it again. Where nothing stands
 * between, the step captures the payment too (rule 6), after another read: the same provider and the same rights, one transition less.
 */
export async function authorizeOrder(input: StepInput & { token: string }, authorizing: AuthorizeDeps): Promise<void> {
  const { store, reply } = authorizing;
  await reply.during(input.token, async () => {
    let { exit, challengeUrl } = await authorizeNow(input, authorizing, input.polls > 0);
    if (exit.kind === "wait") {
      await store.startWait(input.orderId, input.epoch, input.token, new Date().toISOString(), challengeUrl);
      // A decision between the answer and the wait resumed no execution, so read once more.
      ({ exit } = await authorizeNow(input, authorizing, true));
    }
    switch (exit.kind) {
      case "wait":
        return;
      case "ended":
        return reply.fails(input.token, SIGNALS.ended);
      case "next":
        if (exit.action === "capture" || exit.action === "ship") return reply.succeeds(input.token);
        if (exit.action === "void") return reply.fails(input.token, SIGNALS.unpaid, exit.reason);
        return reply.fails(input.token, SIGNALS.travelling);
    }
  });
}

/** @param asked true if this execution may have sent the card before; then the payment provider's record is read first. */
async function authorizeNow(
  input: StepInput,
  { store, payments, kms, cardKeyArns, ...limits }: AuthorizeDeps,
  asked: boolean,
): Promise<{ exit: Exit; challengeUrl?: string }> {
  const waitedSeconds = (Date.now() - Date.parse(input.startedAt)) / 1000;
  const patience = { waitedSeconds, limitSeconds: limits.limitSeconds };

  let challengeUrl: string | undefined;
  const exit = await runStep(input, {
    store,
    deadlines: limits.deadlines,
    perform: {
      authorize: async (own): Promise<Performed> => {
        const answer = await ask(own);
        challengeUrl = answer.challengeUrl;
        const outcome = afterAuthorize(answer, patience);
        if (outcome.kind === "write") {
          const { reference, card } = answer;
          return { ...outcome, changes: { payment: { ...own.payment, reference, card } } };
        }
        const unanswered = answer.status === "pending" || answer.status === "none";
        return { ...outcome, reason: unanswered ? UNANSWERED : answer.reason };
      },
      ...(input.captures && {
        capture: async (own: OrderItem): Promise<Performed> => afterCapture(await payments.capture(own)),
      }),
    },
  });
  return { exit, challengeUrl };

  async function ask(own: OrderItem): Promise<AuthorizeAnswer> {
    const { orderId, payment } = own;
    if (asked) {
      // A provider need not remember a decline: another authorization could begin a new payment.
      const recorded = await payments.read(own);
      if (recorded.status !== "none") return recorded;
    }
    // A free order has nothing to pay, but Capture or Void at the payment provider decides between shipping and cancelling.
    if (payment.kind === "none") return payments.authorize(own, { kind: "none" });
    if (payment.kind === "token") return payments.authorize(own, { kind: "token", token: payment.token ?? "" });
    const sealed = await store.anyCard(orderId);
    // Taken over before the card arrived here, or it was forgotten: the other Region may have authorized it.
    if (!sealed) return payments.read(own);
    try {
      const card = await openCard(kms, cardKeyArns, sealed.ciphertext, own);
      return await payments.authorize(own, { kind: "card", card });
    } catch (error) {
      if (error instanceof UnreadableCard) return { status: "declined", reason: UNREADABLE };
      throw error;
    }
  }
}

import { InvokeCommand } from "@aws-sdk/client-lambda";
import {
  afterReview,
  type Deadlines,
  type OrderItem,
  type ReviewAnswer,
  type ReviewedOrder,
  type ReviewOutcome,
  SIGNALS,
  type StepInput,
  secondsSincePaid,
  toReviewedOrder,
  type Undecided,
} from "../../../../domain/order";
import { limitCalls } from "../../../runtime/clients";
import { createLambdaClient } from "../../../runtime/lambdaClient";
import type { Log } from "../api/http";
import { setting } from "../clients";
import type { OrderStore } from "../orderStore";
import { type Performed, runStep } from "./stepRun";
import { StepSignal } from "./stepSignal";

/** A store's own check of an order. It may be asked again about the same order, also by the peer Region. */
export type OrderCheck = (order: ReviewedOrder, signal: AbortSignal) => Promise<ReviewAnswer> | ReviewAnswer;

/** Limits of a review, which are known at deployment. */
export interface ReviewLimits {
  /** Milliseconds that one question may take. */
  timeoutMs: number;
  /** Seconds after the payment's authorization in which the check must decide. */
  limitSeconds: number;
  undecided: Undecided;
}

export interface ReviewDeps extends ReviewLimits {
  store: OrderStore;
  check: OrderCheck;
  log: Log;
  deadlines?: Deadlines;
}

/**
 * The step Review: asks the store's own check before the money is captured. It writes nothing: Capture and Void follow from
 * its signal, and each decides by its own read.
 */
export async function reviewOrder(input: StepInput, reviewing: ReviewDeps): Promise<void> {
  const { store, deadlines, limitSeconds, undecided } = reviewing;
  let outcome: ReviewOutcome | undefined;
  const exit = await runStep(input, {
    store,
    deadlines,
    perform: {
      capture: async (own): Promise<Performed> => {
        const answer = await ask(own, reviewing);
        const patience = { waitedSeconds: secondsSincePaid(own, Date.now()), limitSeconds };
        outcome = afterReview(answer, patience, undecided);
        if (outcome.kind === "declined") return { kind: "known", known: { unpaid: true }, reason: outcome.reason };
        // Ends the step: this function captures nothing.
        return { kind: "wait" };
      },
    },
  });
  if (exit.kind === "ended") throw new StepSignal(SIGNALS.ended);
  if (exit.kind === "wait") {
    if (outcome?.kind === "wait") throw new StepSignal(SIGNALS.underReview);
    return;
  }
  if (exit.action === "track") throw new StepSignal(SIGNALS.travelling);
  // A customer's cancellation has no reason: Capture sees it too, and voids.
  if (exit.action === "void" && exit.reason !== undefined) throw new StepSignal(SIGNALS.unpaid, exit.reason);
}

/** Asks the check. A failure, a late answer and an unknown one count as no answer. */
async function ask(own: OrderItem, { check, timeoutMs, log }: ReviewDeps): Promise<ReviewAnswer | undefined> {
  const { orderId } = own;
  const signal = AbortSignal.timeout(timeoutMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`The check gave no answer in ${timeoutMs} ms.`)), {
      once: true,
    });
  });
  try {
    const answer: unknown = await Promise.race([Promise.resolve(check(toReviewedOrder(own), signal)), late]);
    if (!isAnswer(answer)) throw new Error("The check's answer has no decision among accept, decline and review.");
    log.info("Order reviewed", { orderId, decision: answer.decision });
    return answer;
  } catch (error) {
    log.error("Review failed", { orderId, error: error as Error });
    return undefined;
  }
}

const isAnswer = (answer: unknown): answer is ReviewAnswer =>
  typeof answer === "object" &&
  answer !== null &&
  ["accept", "decline", "review"].includes((answer as ReviewAnswer).decision) &&
  ["undefined", "string"].includes(typeof (answer as ReviewAnswer).reason);

/** Creates the check that a Lambda function of the store makes: it gets the order, and returns the answer. */
export function connectReviewFunction(): OrderCheck {
  const FunctionName = setting("REVIEW_FUNCTION");
  const { timeoutMs } = JSON.parse(setting("REVIEW")) as ReviewLimits;
  const functions = createLambdaClient(limitCalls(1, timeoutMs));
  return async (order, abortSignal) => {
    const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(order)) });
    const { FunctionError, Payload } = await functions.send(command, { abortSignal });
    if (FunctionError) throw new Error(`The store's review function failed (${FunctionError}).`);
    return JSON.parse(Buffer.from(Payload ?? []).toString() || "null");
  };
}

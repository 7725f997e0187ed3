import { DEFAULT_DEADLINES, type Deadlines } from "../../domain/order";
import { ArgumentChecks, ROLE_ARN } from "../arguments/checks";
import { checkCors } from "../infrastructure/cors";
import { checkFunctionSettings } from "../infrastructure/functionSettings";
import { checkTableKey } from "../infrastructure/tableKey";
import type { OrderReviewArgs, OrderServiceArgs } from "./args";
import { REVIEW_LIMIT_SECONDS } from "./functions/review";
import { validateNotifications } from "./notifications/resources";
import { ORDER_FUNCTIONS } from "./orderFunctions";
import { validatePayment } from "./payment/resources";
import { checkOrderSettings } from "./resources/sharedSettings";
import { validateShipping } from "./shipping/resources";

/**
 * Checks the arguments of an `OrderService` that are known before deployment.
 *
 * @throws {pulumi.RunError} for the first one that is out of range.
 */
export function validateArgs(name: string, args: OrderServiceArgs): void {
  const { existingData, replicaRegions, invoices, cardKeys, breakGlassRoleArn, tableKey } = args;
  const { takeoverConcurrency, ordersPerCustomerDay, sweepEveryMinutes } = args;
  checkOrderSettings(name, args);
  const checks = new ArgumentChecks("OrderService", name);
  validatePayment(checks, args.payment);
  validateShipping(checks, "shipping", args.shipping);
  if (args.review !== undefined) validateReview(checks, args.review, args.deadlines);
  checkFunctionSettings(checks, args.functions, ORDER_FUNCTIONS);
  checkCors(checks, args.cors);
  checks.atMostOne({ existingData, replicaRegions }, "the stack that creates the tables creates their replicas");
  checks.atMostOne({ existingData, tableKey }, "the stack that creates the tables encrypts them");
  checkTableKey(checks, tableKey, replicaRegions);
  checks.wholeNumber({ takeoverConcurrency }, [1, 100]);
  checks.atMostOne({ existingData, cardKeys }, "the stack that creates the keys knows their generations");
  const generations = cardKeys ? [cardKeys.current, ...(cardKeys.accepted ?? [])] : [];
  for (const generation of generations) checks.wholeNumber({ cardKeys: generation }, [1]);
  if (new Set(generations).size < generations.length) {
    throw checks.violation("cardKeys", `names ${generations.join(", ")}`, "name each generation once");
  }
  checks.text({ breakGlassRoleArn }, ROLE_ARN);
  validateNotifications(checks, args);
  checks.wholeNumber({ ordersPerCustomerDay }, [1]);
  checks.wholeNumber({ sweepEveryMinutes }, [1], "a schedule fires at most once a minute");
  checks.wholeNumber({ "invoices.keepDays": invoices?.keepDays }, [1]);
}

/** Checks a review, which must end before the sweeper restarts its order. */
function validateReview(
  checks: ArgumentChecks,
  review: OrderReviewArgs,
  { settlingSeconds }: Partial<Deadlines> = {},
): void {
  const { function: target, callbackFactory, environment, grants, timeoutSeconds, limitSeconds, undecided } = review;
  checks.fields("review", review, REVIEW_FIELDS);
  checks.exactlyOne(
    { "review.function": target, "review.callbackFactory": callbackFactory },
    "one check decides about an order",
  );
  if (target) {
    const reason = "the function has its own";
    checks.leftOut({ "review.environment": environment, "review.grants": grants }, "review.function", reason);
  }
  for (const variable of Object.keys(environment ?? {})) {
    if (!OWN_VARIABLES.test(variable)) continue;
    throw checks.violation(`review.environment.${variable}`, "is the service's own", "have another name");
  }
  checks.between({ "review.timeoutSeconds": timeoutSeconds }, [1, 20], "a step's function stops after 30 seconds");
  checks.wholeNumber(
    { "review.limitSeconds": limitSeconds ?? REVIEW_LIMIT_SECONDS },
    [1, (settlingSeconds ?? DEFAULT_DEADLINES.settlingSeconds) - 1],
    "the sweeper restarts an order after `deadlines.settlingSeconds`",
  );
  checks.oneOf({ "review.undecided": undecided }, ["accept", "decline"]);
}

/** Environment variables of every function with an order store, of the review, and of the metrics. */
const OWN_VARIABLES = /^(ORDERS_TABLE|CARDS_TABLE|STOCK_TABLE|DEADLINES|REVIEW|REVIEW_FUNCTION|POWERTOOLS_\w+)$/;

const REVIEW_FIELDS: Record<keyof OrderReviewArgs, true> = {
  function: true,
  callbackFactory: true,
  environment: true,
  grants: true,
  timeoutSeconds: true,
  limitSeconds: true,
  undecided: true,
};

import type * as pulumi from "@pulumi/pulumi";
import { DEFAULT_DEADLINES, type PaymentProvider, type ShippingProvider } from "../../../domain/order";
import { MOST_POLLS, ORDER_WAITS, type OrderWaits } from "../../../workflows";
import { ArgumentChecks } from "../../arguments/checks";
import { withDefaults } from "../../arguments/overrides";
import { settingsOf } from "../../infrastructure/functionSettings";
import { countingInto, metricsNamespace } from "../../infrastructure/metricsNamespace";
import { reference } from "../../inlineFunction";
import type { ProviderAdapter } from "../adapter";
import type { OrderServiceArgs } from "../args";
import type { ORDER_FUNCTIONS, OrderFunction } from "../orderFunctions";
import { createPayment } from "../payment/resources";
import { createShipping } from "../shipping/resources";
import { validateCharges } from "../validateCharges";
import type { OrderData } from "./orderTables";

/** Settings and resources that several functions share. */
export interface SharedSettings {
  /** Environment of every function that has an `OrderStore`. */
  environment: Record<string, pulumi.Input<string>>;
  orders: ReturnType<typeof reference<"dynamodb:table">>;
  cards: ReturnType<typeof reference<"dynamodb:table">>;
  stock: ReturnType<typeof reference<"dynamodb:table">>;
  payment: ProviderAdapter<PaymentProvider>;
  shipping: ProviderAdapter<ShippingProvider>;
  waits: OrderWaits;
  /** Arguments of a function that the program has set. */
  settingsOf: (name: OrderFunction) => ReturnType<typeof settingsOf>;
  /** Known before the state machine is made, since its functions answer it and it calls them. */
  stateMachine: { name: string; arn: pulumi.Output<string> };
}

/** Time-out of a workflow step's function: two provider calls of at most 10 s each, and AWS calls. */
export const STEP_LIMIT_SECONDS = 30;

/**
 * Asynchronous calls of the workers of webhooks. Lambda keeps a call until its function has succeeded, and repeats it twice
 * after 1 and 2 minutes. After an hour a check is pointless: the workflow has polled.
 */
export const WEBHOOK_WORK = { retries: 2, maxAgeSeconds: 3_600 };

export function createSharedSettings(
  name: string,
  args: OrderServiceArgs,
  data: OrderData,
  stateMachine: SharedSettings["stateMachine"],
  parent: pulumi.Resource,
): SharedSettings {
  return {
    environment: {
      ORDERS_TABLE: data.orders.name,
      CARDS_TABLE: data.cards.name,
      STOCK_TABLE: data.stock.name,
      DEADLINES: JSON.stringify(withDefaults(DEFAULT_DEADLINES, args.deadlines)),
      ...countingInto(args.metricsNamespace ?? metricsNamespace()),
    },
    orders: reference("dynamodb:table", data.orders.arn),
    cards: reference("dynamodb:table", data.cards.arn),
    stock: reference("dynamodb:table", data.stock.arn),
    payment: createPayment(`${name}-payment`, args.payment, parent),
    shipping: createShipping(`${name}-shipping`, args.shipping, parent),
    waits: resolveWaits(name, args),
    settingsOf: (function_) => settingsOf<typeof ORDER_FUNCTIONS>(args, function_),
    stateMachine,
  };
}

/** The longest that AWS lets an execution live, in seconds. */
const YEAR = 365 * 24 * 3_600;

/** Merges the caller's waits with the defaults and checks them. */
function resolveWaits(name: string, { waits }: Pick<OrderServiceArgs, "waits">): OrderWaits {
  const checks = new ArgumentChecks("OrderService", name);
  checks.fields("waits", waits, ORDER_WAITS);
  for (const part of ["payment", "delivery", "retries", "refundRetries"] as const) {
    checks.fields(`waits.${part}`, waits?.[part], ORDER_WAITS[part]);
  }
  const merged: OrderWaits = {
    payment: withDefaults(ORDER_WAITS.payment, waits?.payment),
    delivery: withDefaults(ORDER_WAITS.delivery, waits?.delivery),
    retries: withDefaults(ORDER_WAITS.retries, waits?.retries),
    refundRetries: withDefaults(ORDER_WAITS.refundRetries, waits?.refundRetries),
    executionLimitSeconds: waits?.executionLimitSeconds ?? ORDER_WAITS.executionLimitSeconds,
  };
  for (const part of ["payment", "delivery", "retries", "refundRetries"] as const) {
    const { firstSeconds, factor, maxSeconds } = merged[part];
    const longest = { [`waits.${part}.firstSeconds`]: firstSeconds, [`waits.${part}.maxSeconds`]: maxSeconds };
    checks.wholeNumber(longest, [1, YEAR], "an execution lives for a year at most");
    checks.between({ [`waits.${part}.factor`]: factor }, [1, 100], "waits can only grow");
    // Step Functions wants the longest wait of a retry to exceed the first one.
    const least = part === "payment" || part === "delivery" ? firstSeconds : firstSeconds + 1;
    merged[part].maxSeconds = Math.max(maxSeconds, least);
  }
  for (const part of ["retries", "refundRetries"] as const) {
    checks.wholeNumber({ [`waits.${part}.attempts`]: merged[part].attempts }, [0]);
  }
  const { executionLimitSeconds, payment, delivery } = merged;
  checks.wholeNumber(
    { "waits.executionLimitSeconds": executionLimitSeconds },
    [1, YEAR],
    "an execution lives for a year at most",
  );
  checks.wholeNumber({ "waits.payment.limitSeconds": payment.limitSeconds }, [1]);
  checks.wholeNumber(
    { "waits.delivery.maxPolls": delivery.maxPolls },
    [1, MOST_POLLS],
    "an execution's history holds no more",
  );
  return merged;
}

/**
 * Checks the settings of an {@link OrderService} that a stack's configuration gives as JSON, so that a program can refuse
 * them before it registers a resource.
 *
 * @throws {pulumi.RunError} for the first one that is unknown or out of range.
 */
export function checkOrderSettings(
  name: string,
  args: Pick<OrderServiceArgs, "waits" | "deadlines" | "shippingMethods" | "tax">,
): void {
  resolveWaits(name, args);
  const checks = new ArgumentChecks("OrderService", name);
  validateCharges(checks, args);
  checks.fields("deadlines", args.deadlines, DEFAULT_DEADLINES);
  for (const [deadline, seconds] of Object.entries(args.deadlines ?? {})) {
    checks.wholeNumber({ [`deadlines.${deadline}`]: seconds }, [1, YEAR]);
  }
}

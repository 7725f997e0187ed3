import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_DEADLINES, type PaymentProvider, type ShippingProvider } from "../../../domain/order";
import { MOST_POLLS, ORDER_WAITS, type OrderWaits } from "../../../workflows";
import { countingInto, metricsNamespace } from "../../infrastructure/metricsNamespace";
import { reference } from "../../inlineFunction";
import type { ProviderAdapter } from "../adapter";
import type { OrderServiceArgs } from "../args";
import { createPayment } from "../payment/resources";
import { createShipping } from "../shipping/resources";
import type { OrderData } from "./orderTables";

/** Settings and resources that several functions share. */
export interface SharedSettings {
  /** Environment of every function that has an `OrderStore`. */
  environment: Record<string, pulumi.Input<string>>;
  orders: ReturnType<typeof reference<"dynamodb:table">>;
  cards: ReturnType<typeof reference<"dynamodb:table">>;
  payment: ProviderAdapter<PaymentProvider>;
  shipping: ProviderAdapter<ShippingProvider>;
  waits: OrderWaits;
  logRetentionDays?: number;
  /** Known before the state machine is made, since its functions answer it and it calls them. */
  stateMachine: { name: string; arn: pulumi.Output<string> };
}

/** Time-out of a workflow step's function: two provider calls of at most 10 s each, and AWS calls. */
export const STEP_LIMIT_SECONDS = 30;

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
      DEADLINES: JSON.stringify({ ...DEFAULT_DEADLINES, ...args.deadlines }),
      ...countingInto(args.metricsNamespace ?? metricsNamespace()),
    },
    orders: reference("dynamodb:table", data.orders.arn),
    cards: reference("dynamodb:table", data.cards.arn),
    payment: createPayment(`${name}-payment`, args.payment, parent),
    shipping: createShipping(`${name}-shipping`, args.shipping, parent),
    waits: resolveWaits(name, args),
    logRetentionDays: args.logRetentionDays,
    stateMachine,
  };
}

/** The longest that AWS lets an execution live, in seconds. */
const YEAR = 365 * 24 * 3_600;

/** The waits with the caller's laid over the defaults, as AWS can take them. */
export function resolveWaits(name: string, { waits }: Pick<OrderServiceArgs, "waits">): OrderWaits {
  const laid: OrderWaits = {
    payment: { ...ORDER_WAITS.payment, ...waits?.payment },
    delivery: { ...ORDER_WAITS.delivery, ...waits?.delivery },
    retries: { ...ORDER_WAITS.retries, ...waits?.retries },
    refundRetries: { ...ORDER_WAITS.refundRetries, ...waits?.refundRetries },
    executionLimitSeconds: waits?.executionLimitSeconds ?? ORDER_WAITS.executionLimitSeconds,
  };
  const wrong = (what: string) => new pulumi.RunError(`OrderService "${name}": ${what}`);
  refuseUnknown(wrong, "waits", waits, ORDER_WAITS);
  for (const part of ["payment", "delivery", "retries", "refundRetries"] as const) {
    refuseUnknown(wrong, `waits.${part}`, waits?.[part], ORDER_WAITS[part]);
  }
  for (const part of ["payment", "delivery"] as const) {
    const { firstSeconds, factor, maxSeconds } = laid[part];
    if (!(Number.isInteger(firstSeconds) && Number.isInteger(maxSeconds) && firstSeconds >= 1)) {
      throw wrong(`waits.${part} must have whole seconds from 1 on.`);
    }
    if (!(factor >= 1)) throw wrong(`waits.${part}.factor is ${factor}; waits can only grow, so give 1 or more.`);
    // A first wait longer than the default's longest raises the longest wait, too.
    laid[part].maxSeconds = Math.max(maxSeconds, firstSeconds);
  }
  for (const part of ["retries", "refundRetries"] as const) {
    const { firstSeconds, factor, maxSeconds, attempts } = laid[part];
    const whole = [firstSeconds, maxSeconds, attempts].every(Number.isInteger);
    if (!(whole && firstSeconds >= 1 && factor >= 1 && attempts >= 0)) {
      throw wrong(`waits.${part} needs whole seconds and a factor from 1 on, and a whole number of attempts.`);
    }
    laid[part].maxSeconds = Math.max(maxSeconds, firstSeconds + 1);
  }
  const { executionLimitSeconds } = laid;
  if (!(Number.isInteger(executionLimitSeconds) && executionLimitSeconds >= 1 && executionLimitSeconds <= YEAR)) {
    throw wrong(`waits.executionLimitSeconds is ${executionLimitSeconds}; an execution lives for a year at most.`);
  }
  const { limitSeconds } = laid.payment;
  if (!(Number.isInteger(limitSeconds) && limitSeconds >= 1)) {
    throw wrong(`waits.payment.limitSeconds is ${limitSeconds}. Give whole seconds from 1 on.`);
  }
  const { maxPolls } = laid.delivery;
  if (!(Number.isInteger(maxPolls) && maxPolls >= 1 && maxPolls <= MOST_POLLS)) {
    throw wrong(`waits.delivery.maxPolls is ${maxPolls}; an order is asked for 1 to ${MOST_POLLS} times.`);
  }
  return laid;
}

/**
 * Checks the settings of an {@link OrderService} that a stack's configuration gives as JSON, so that a program can refuse
 * them before it makes anything.
 *
 * @throws {pulumi.RunError} for the first one that is unknown or out of range.
 */
export function checkOrderSettings(name: string, args: Pick<OrderServiceArgs, "waits" | "deadlines">): void {
  resolveWaits(name, args);
  const wrong = (what: string) => new pulumi.RunError(`OrderService "${name}": ${what}`);
  refuseUnknown(wrong, "deadlines", args.deadlines, DEFAULT_DEADLINES);
  for (const [deadline, seconds] of Object.entries(args.deadlines ?? {})) {
    if (Number.isInteger(seconds) && seconds >= 1 && seconds <= YEAR) continue;
    throw wrong(`deadlines.${deadline} is ${JSON.stringify(seconds)}. Give whole seconds from 1 to ${YEAR}.`);
  }
}

/** Refuses misspelt settings, which would otherwise leave the default in force unnoticed. */
function refuseUnknown(wrong: (what: string) => Error, path: string, given: unknown, known: object): void {
  if (given === undefined) return;
  if (typeof given !== "object" || given === null) {
    throw wrong(`${path} is ${JSON.stringify(given)}. Give an object with ${Object.keys(known).join(", ")}.`);
  }
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(known, key));
  if (unknown !== undefined) {
    throw wrong(`there is no ${path}.${unknown}. There are ${Object.keys(known).join(", ")}.`);
  }
}

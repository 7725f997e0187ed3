import * as pulumi from "@pulumi/pulumi";
import type { OrderServiceArgs } from "./args";
import { validatePayment } from "./payment/resources";
import { checkOrderSettings } from "./resources/sharedSettings";
import { validateShipping } from "./shipping/resources";

/**
 * Checks the arguments of an `OrderService` that are known before deployment.
 *
 * @throws {pulumi.RunError} for the first one that is out of range.
 */
export function validateArgs(name: string, args: OrderServiceArgs): void {
  checkOrderSettings(name, args);
  const wrong = (what: string) => new pulumi.RunError(`OrderService "${name}": ${what}`);
  validatePayment(wrong, "payment", args.payment);
  validateShipping(wrong, "shipping", args.shipping);
  if (args.existing && args.replicaRegions) {
    throw wrong(
      "only one of existing and replicaRegions can be given. The stack that makes the tables makes the replicas.",
    );
  }
  const concurrency = args.takeoverConcurrency ?? 16;
  if (!(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 100)) {
    throw wrong(`takeoverConcurrency is ${concurrency}. Give 1 to 100 orders at a time.`);
  }
  const { gatherSeconds = 0 } = args.mail;
  if (!(Number.isInteger(gatherSeconds) && gatherSeconds >= 0 && gatherSeconds <= 900)) {
    throw wrong(`mail.gatherSeconds is ${gatherSeconds}. Give 0 to 900: a queue holds a message back no longer.`);
  }
  for (const prefix of args.textMessages?.countries ?? []) {
    if (!/^\+[1-9]\d{0,6}$/.test(prefix)) {
      throw wrong(`textMessages.countries has "${prefix}". Give E.164 prefixes, such as "+49".`);
    }
  }
  for (const [argument, limit] of [
    ["ordersPerCustomerDay", args.ordersPerCustomerDay],
    ["textMessages.perCustomerDay", args.textMessages?.perCustomerDay],
  ] as const) {
    if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
      throw wrong(`${argument} is ${limit}. Give a whole number from 1 on.`);
    }
  }
  const minutes = args.sweepEveryMinutes ?? 5;
  if (!Number.isInteger(minutes) || minutes < 1) {
    throw wrong(`sweepEveryMinutes is ${minutes}. Give whole minutes from 1 on; schedules fire once a minute at most.`);
  }
}

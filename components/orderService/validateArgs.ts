import { ArgumentChecks } from "../arguments/checks";
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
  const { existingData, replicaRegions, mail, textMessages, invoices, cardKeys, breakGlassRoleArn } = args;
  const { takeoverConcurrency, checkConcurrency, ordersPerCustomerDay, sweepEveryMinutes } = args;
  checkOrderSettings(name, args);
  const checks = new ArgumentChecks("OrderService", name);
  validatePayment(checks, args.payment);
  validateShipping(checks, "shipping", args.shipping);
  checks.atMostOne({ existingData, replicaRegions }, "the stack that creates the tables creates their replicas");
  checks.wholeNumber({ takeoverConcurrency }, [1, 100]);
  checks.atMostOne({ existingData, cardKeys }, "the stack that creates the keys knows their generations");
  const generations = cardKeys ? [cardKeys.current, ...(cardKeys.accepted ?? [])] : [];
  for (const generation of generations) checks.wholeNumber({ cardKeys: generation }, [1]);
  if (new Set(generations).size < generations.length) {
    throw checks.violation("cardKeys", `names ${generations.join(", ")}`, "name each generation once");
  }
  checks.text({ breakGlassRoleArn }, ROLE_ARN);
  checks.wholeNumber({ "mail.gatherSeconds": mail.gatherSeconds }, [0, 900], "SQS delays a message no longer");
  for (const [index, prefix] of (textMessages?.countries ?? []).entries()) {
    checks.text({ [`textMessages.countries[${index}]`]: prefix }, E164_PREFIX);
  }
  checks.wholeNumber({ ordersPerCustomerDay, "mail.perCustomerDay": mail.perCustomerDay }, [1]);
  checks.wholeNumber({ "textMessages.perCustomerDay": textMessages?.perCustomerDay }, [1]);
  checks.wholeNumber({ sweepEveryMinutes }, [1], "a schedule fires at most once a minute");
  checks.wholeNumber({ checkConcurrency, "invoices.keepDays": invoices?.keepDays }, [1]);
}

const ROLE_ARN = {
  pattern: /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  description: "the ARN of a role, such as arn:aws:iam::123456789012:role/break-glass",
};
const E164_PREFIX = { pattern: /^\+[1-9]\d{0,6}$/, description: 'an E.164 prefix, such as "+49"' };

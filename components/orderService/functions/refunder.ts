import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction } from "../../inlineFunction";
import { makeRefund, type RefundTask } from "../handlers/api/refunds";
import { createOrderStore, readDeadlines } from "../handlers/environment";
import { createCounter } from "../handlers/metrics";
import { type SharedSettings, STEP_LIMIT_SECONDS } from "../resources/sharedSettings";

/** Creates the function that has the payment provider make a partial refund. The dispatcher calls it asynchronously. */
export function createRefunder(
  name: string,
  { environment, orders, payment, settingsOf }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  const { connect } = payment.calls;
  return new InlineFunction(
    `${name}-refunder`,
    {
      description: "Has the payment provider make a partial refund, and records its answer.",
      environment: { ...environment, ...payment.calls.environment },
      grants: [allow(orders, "dynamodb:Query", "dynamodb:PutItem"), ...payment.calls.grants],
      timeoutSeconds: STEP_LIMIT_SECONDS,
      // No dead letters: the item stays in the index of open orders, and the sweeper starts the next attempt.
      asynchronous: { retries: 2, maxAgeSeconds: 1_200 },
      ...settingsOf("refunder"),
      callbackFactory: () => {
        const count = createCounter();
        const making = {
          ...{ store: createOrderStore(), payments: connect(), deadlines: readDeadlines() },
          onFailure: () => count("RefundsFailed"),
        };
        return (task: RefundTask) => makeRefund(task, making);
      },
    },
    { parent },
  );
}

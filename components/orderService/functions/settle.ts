import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction } from "../../inlineFunction";
import { asTransient } from "../../runtime/transientError";
import { createOrderStore, readDeadlines } from "../handlers/environment";
import { createCounter } from "../handlers/metrics";
import { type SettleInput, settleOrder } from "../handlers/steps/settle";
import { type SharedSettings, STEP_LIMIT_SECONDS } from "../resources/sharedSettings";

/** Creates the function of the steps Void and Refund, and of Capture where a review precedes it. */
export function createSettle(
  name: string,
  { environment, orders, cards, settingsOf, payment }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  const { connect } = payment.calls;
  return new InlineFunction(
    `${name}-settle`,
    {
      description: "Captures, voids or refunds a payment.",
      environment: { ...environment, ...payment.calls.environment },
      grants: [
        allow(orders, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
        allow(cards, "dynamodb:DeleteItem"),
        ...payment.calls.grants,
      ],
      timeoutSeconds: STEP_LIMIT_SECONDS,
      ...settingsOf("settle"),
      callbackFactory: () => {
        const count = createCounter();
        const settling = { store: createOrderStore(), payments: connect(), deadlines: readDeadlines() };
        return (input: SettleInput) => asTransient(() => settleOrder(input, settling, () => count("RefundsFailed")));
      },
    },
    { parent },
  );
}

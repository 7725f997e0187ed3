import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction } from "../../inlineFunction";
import { asTransient } from "../../runtime/transientError";
import { createOrderStore, createPaymentProvider, readDeadlines } from "../handlers/environment";
import { counter } from "../handlers/metrics";
import { type SettleInput, settleOrder } from "../handlers/settle";
import { providerEnvironment, type SharedSettings, STEP_LIMIT_SECONDS } from "../resources/sharedSettings";

/** Creates the function of the steps Capture, Void and Refund. */
export function createSettle(
  name: string,
  { environment, orders, cards, logRetentionDays, payment }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-settle`,
    {
      description: "Captures, voids or refunds a payment.",
      environment: { ...environment, ...providerEnvironment("PAYMENT", payment) },
      grants: [
        allow(orders, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
        allow(cards, "dynamodb:DeleteItem"),
        allow(payment.apiKey, "ssm:GetParameter"),
      ],
      timeoutSeconds: STEP_LIMIT_SECONDS,
      logRetentionDays,
      callbackFactory: () => {
        const count = counter();
        const settling = { store: createOrderStore(), payments: createPaymentProvider(), deadlines: readDeadlines() };
        return (input: SettleInput) => asTransient(() => settleOrder(input, settling, () => count("RefundsFailed")));
      },
    },
    { parent },
  );
}

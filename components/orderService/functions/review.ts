import type * as pulumi from "@pulumi/pulumi";
import type { StepInput } from "../../../domain/order";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { asTransient } from "../../runtime/transientError";
import type { OrderReviewArgs } from "../args";
import { setting } from "../handlers/clients";
import { createOrderStore, readDeadlines } from "../handlers/environment";
import { connectReviewFunction, type ReviewLimits, reviewOrder } from "../handlers/steps/review";
import { type SharedSettings, STEP_LIMIT_SECONDS } from "../resources/sharedSettings";

/** Seconds in which the check must decide, unless another limit is set. */
export const REVIEW_LIMIT_SECONDS = 600;

/** Creates the function of the step Review, which asks the store's own check. */
export function createReview(
  name: string,
  review: OrderReviewArgs,
  { environment, orders, cards, settingsOf }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  const { timeoutSeconds = 5, limitSeconds = REVIEW_LIMIT_SECONDS, undecided = "decline" } = review;
  const limits: ReviewLimits = { timeoutMs: timeoutSeconds * 1_000, limitSeconds, undecided };
  const connectCheck = review.callbackFactory ?? connectReviewFunction;
  const target = review.function?.arn;
  return new InlineFunction(
    `${name}-review`,
    {
      description: "Asks the store's own check whether an order is accepted, before its payment is captured.",
      environment: {
        ...review.environment,
        ...environment,
        ...(target !== undefined && { REVIEW_FUNCTION: target }),
        REVIEW: JSON.stringify(limits),
      },
      grants: [
        // Steps supersede an item that the peer Region's outranks.
        allow(orders, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
        allow(cards, "dynamodb:DeleteItem"),
        ...(target === undefined ? [] : [allow(reference("lambda:function", target), "lambda:InvokeFunction")]),
        ...(review.grants ?? []),
      ],
      timeoutSeconds: STEP_LIMIT_SECONDS,
      ...settingsOf("review"),
      callbackFactory: () => {
        const reviewing = {
          ...(JSON.parse(setting("REVIEW")) as ReviewLimits),
          store: createOrderStore(),
          check: connectCheck(),
          log: createLogger("orders-review"),
          deadlines: readDeadlines(),
        };
        return (input: StepInput) => asTransient(() => reviewOrder(input, reviewing));
      },
    },
    { parent },
  );
}

import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { StepInput } from "../../../domain/order";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { WebhookCheck } from "../handlers/api/webhooks";
import { setting } from "../handlers/clients";
import { createOrderStore, readDeadlines } from "../handlers/environment";
import { createCounter } from "../handlers/metrics";
import { createTaskReply } from "../handlers/stepFunctions";
import { checkShipment, shipOrder } from "../handlers/steps/ship";
import { type SharedSettings, STEP_LIMIT_SECONDS, WEBHOOK_WORK } from "../resources/sharedSettings";

/** Creates the function of the step Ship, which is also the worker of shipping webhooks. */
export function createShip(
  name: string,
  { environment, orders, cards, settingsOf, shipping, waits, stateMachine }: SharedSettings,
  failures: aws.sqs.Queue,
  parent: pulumi.Resource,
): InlineFunction {
  const { connect } = shipping.calls;
  const workflow = reference("states:stateMachine", stateMachine.arn);
  return new InlineFunction(
    `${name}-ship`,
    {
      description: "Books a parcel with the shipping provider and tracks it.",
      environment: {
        ...environment,
        ...shipping.calls.environment,
        MAX_POLLS: String(waits.delivery.maxPolls),
      },
      grants: [
        allow(orders, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
        allow(cards, "dynamodb:DeleteItem"),
        ...shipping.calls.grants,
        allow(workflow, "states:SendTaskSuccess", "states:SendTaskFailure"),
      ],
      timeoutSeconds: STEP_LIMIT_SECONDS,
      // Most of its time is a wait for the provider, which is billed by memory; no customer waits for the step.
      memoryMb: 256,
      asynchronous: WEBHOOK_WORK,
      deadLetterQueue: failures,
      ...settingsOf("ship"),
      callbackFactory: () => {
        const log = createLogger("orders-ship");
        const count = createCounter();
        const tracking = {
          store: createOrderStore(),
          shipments: connect(),
          reply: createTaskReply(),
          maxPolls: Number(setting("MAX_POLLS")),
          deadlines: readDeadlines(),
          onTrouble: (error: unknown) => {
            log.warn("Shipping provider did not answer", { error: String(error) });
            count("ShippingUnanswered");
          },
        };
        return (input: (StepInput & { token: string }) | WebhookCheck) =>
          "webhookId" in input ? checkShipment(input, tracking) : shipOrder(input, tracking);
      },
    },
    { parent },
  );
}

import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import type { WebhookCheck } from "../handlers/api/webhooks";
import { createOrderStore } from "../handlers/environment";
import { resumeExecution } from "../handlers/executions/resume";
import { createTaskReply } from "../handlers/stepFunctions";
import { type SharedSettings, WEBHOOK_WORK } from "../resources/sharedSettings";

/** Creates the worker of payment webhooks, which resumes the workflow that waits for an order. */
export function createResume(
  name: string,
  { environment, orders, settingsOf, stateMachine }: SharedSettings,
  failures: aws.sqs.Queue,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-resume`,
    {
      description: "Resumes the workflow that waits for an order, because of a payment webhook.",
      environment,
      grants: [
        allow(orders, "dynamodb:GetItem", "dynamodb:UpdateItem"),
        allow(reference("states:stateMachine", stateMachine.arn), "states:SendTaskFailure"),
      ],
      asynchronous: WEBHOOK_WORK,
      deadLetterQueue: failures,
      ...settingsOf("resume"),
      callbackFactory: () => {
        const store = createOrderStore();
        const reply = createTaskReply();
        return ({ orderId, webhookId }: WebhookCheck) => resumeExecution(store, reply, orderId, webhookId);
      },
    },
    { parent },
  );
}

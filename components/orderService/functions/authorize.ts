import * as pulumi from "@pulumi/pulumi";
import type { StepInput } from "../../../domain/order";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { setting } from "../handlers/clients";
import { createOrderStore, readDeadlines } from "../handlers/environment";
import { createKeyClient } from "../handlers/keyClient";
import { createTaskReply } from "../handlers/stepFunctions";
import { authorizeOrder } from "../handlers/steps/authorize";
import type { OrderData } from "../resources/orderTables";
import { type SharedSettings, STEP_LIMIT_SECONDS } from "../resources/sharedSettings";

/** Creates the function of the step Authorize, the only one that may decrypt cards. */
export function createAuthorize(
  name: string,
  data: OrderData,
  { environment, orders, cards, settingsOf, payment, waits, stateMachine }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  const { connect } = payment.calls;
  const keyArns: [pulumi.Output<string>, ...pulumi.Output<string>[]] = [
    data.cardKey.arn,
    ...data.acceptedCardKeys.map(({ arn }) => arn),
  ];
  const workflow = reference("states:stateMachine", stateMachine.arn);
  return new InlineFunction(
    `${name}-authorize`,
    {
      description:
        "Decrypts the card, and has the payment provider authorize and capture it. The only function that can decrypt.",
      environment: {
        ...environment,
        ...payment.calls.environment,
        CARD_KEY_ARNS: pulumi.jsonStringify(keyArns),
        PENDING_LIMIT_SECONDS: String(waits.payment.limitSeconds),
      },
      grants: [
        allow(reference("kms:key", ...keyArns), "kms:Decrypt"),
        allow(orders, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
        allow(cards, "dynamodb:Query", "dynamodb:DeleteItem"),
        ...payment.calls.grants,
        allow(workflow, "states:SendTaskSuccess", "states:SendTaskFailure"),
      ],
      timeoutSeconds: STEP_LIMIT_SECONDS,
      // Most of its time is a wait for the provider, which is billed by memory; no customer waits for the step.
      memoryMb: 256,
      ...settingsOf("authorize"),
      callbackFactory: () => {
        const authorizing = {
          store: createOrderStore(),
          payments: connect(),
          kms: createKeyClient(),
          cardKeyArns: JSON.parse(setting("CARD_KEY_ARNS")) as string[],
          reply: createTaskReply(),
          limitSeconds: Number(setting("PENDING_LIMIT_SECONDS")),
          deadlines: readDeadlines(),
        };
        return (input: StepInput & { token: string }) => authorizeOrder(input, authorizing);
      },
    },
    { parent },
  );
}

import { Logger } from "@aws-lambda-powertools/logger";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StepInput } from "../../../domain/order";
import { orderWorkflow } from "../../../workflows";
import { accountIdOf, createServiceRole } from "../../infrastructure/serviceRole";
import { allow, InlineFunction, reference, STATE_MACHINE_LOGS_AND_TRACES } from "../../inlineFunction";
import { transformed } from "../../inlineFunction/args";
import { asTransient } from "../../runtime/transientError";
import type { OrderServiceArgs } from "../args";
import { authorizeOrder } from "../handlers/authorize";
import { setting } from "../handlers/clients";
import {
  createOrderStore,
  createPaymentProvider,
  createShippingProvider,
  createTaskReply,
  keyService,
  readDeadlines,
} from "../handlers/environment";
import { counter } from "../handlers/metrics";
import { type SettleInput, settleOrder } from "../handlers/settle";
import { checkShipment, type ShipmentCheck, shipOrder, trackOrder } from "../handlers/ship";
import type { OrderData } from "../resources/orderTables";
import type { SharedSettings } from "../resources/sharedSettings";

/** A step's function: two calls of an outside system of 10 s at most, and some of AWS. */
const STEP_LIMIT_SECONDS = 30;

/** The functions of the workflow's steps: each holds only the keys of the outside system that it calls. */
export function createStepFunctions(name: string, data: OrderData, shared: SharedSettings, parent: pulumi.Resource) {
  const { environment, orders, cards, logRetentionDays, payment, shipping, waits } = shared;
  const workflow = reference("states:stateMachine", shared.stateMachine.arn);
  const callPayment = {
    PAYMENT_ENDPOINT: payment.endpoint,
    PAYMENT_KEY_PARAMETER: payment.apiKey.name,
    PAYMENT_TIMEOUT_MS: payment.timeoutMs,
  };

  const authorize = new InlineFunction(
    `${name}-authorize`,
    {
      description: "Decrypts the card and asks the payment system to hold the money. The only one that can decrypt.",
      environment: {
        ...environment,
        ...callPayment,
        CARD_KEY_ARN: data.cardKey.arn,
        PENDING_LIMIT_SECONDS: String(waits.payment.limitSeconds),
      },
      grants: [
        allow(reference("kms:key", data.cardKey.arn), "kms:Decrypt"),
        allow(orders, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        allow(cards, "dynamodb:Query", "dynamodb:DeleteItem"),
        allow(payment.apiKey, "ssm:GetParameter"),
        allow(workflow, "states:SendTaskSuccess", "states:SendTaskFailure"),
      ],
      timeoutSeconds: STEP_LIMIT_SECONDS,
      logRetentionDays,
      callbackFactory: () => {
        const authorizing = {
          store: createOrderStore(),
          payments: createPaymentProvider(),
          kms: keyService(),
          cardKeyArn: setting("CARD_KEY_ARN"),
          reply: createTaskReply(),
          limitSeconds: Number(setting("PENDING_LIMIT_SECONDS")),
          deadlines: readDeadlines(),
        };
        return (input: StepInput & { token: string }) => authorizeOrder(input, authorizing);
      },
    },
    { parent },
  );

  const settle = new InlineFunction(
    `${name}-settle`,
    {
      description: "Captures, voids or refunds a payment.",
      environment: { ...environment, ...callPayment },
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

  const ship = new InlineFunction(
    `${name}-ship`,
    {
      description: "Hands a parcel to the shipping system and follows it.",
      environment: {
        ...environment,
        SHIPPING_ENDPOINT: shipping.endpoint,
        SHIPPING_KEY_PARAMETER: shipping.apiKey.name,
        SHIPPING_TIMEOUT_MS: shipping.timeoutMs,
        MAX_POLLS: String(waits.delivery.maxPolls),
      },
      grants: [
        allow(orders, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
        allow(cards, "dynamodb:DeleteItem"),
        allow(shipping.apiKey, "ssm:GetParameter"),
        allow(workflow, "states:SendTaskSuccess", "states:SendTaskFailure"),
      ],
      timeoutSeconds: STEP_LIMIT_SECONDS,
      logRetentionDays,
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-ship" });
        const count = counter();
        const tracking = {
          store: createOrderStore(),
          shipments: createShippingProvider(),
          reply: createTaskReply(),
          maxPolls: Number(setting("MAX_POLLS")),
          deadlines: readDeadlines(),
          onTrouble: (error: unknown) => {
            log.warn("The shipping system could not be asked", { error: String(error) });
            count("ShippingUnanswered");
          },
        };
        return (input: (StepInput & { token?: string }) | ShipmentCheck) => {
          if ("openTask" in input) return checkShipment(input, tracking);
          const { token } = input;
          return token === undefined
            ? asTransient(() => shipOrder(input, tracking))
            : trackOrder({ ...input, token }, tracking);
        };
      },
    },
    { parent },
  );

  return { authorize, settle, ship };
}

/** The state machine, which may call the three functions and nothing else. */
export function createOrderStateMachine(
  name: string,
  args: OrderServiceArgs,
  shared: SharedSettings,
  functions: ReturnType<typeof createStepFunctions>,
  parent: pulumi.Resource,
): { stateMachine: aws.sfn.StateMachine; log: aws.cloudwatch.LogGroup } {
  const { authorize, settle, ship } = functions;
  const logs = new aws.cloudwatch.LogGroup(
    `${name}-workflow`,
    // Under /aws/vendedlogs/ it does not eat into the size limit of the account's log resource policy.
    { name: `/aws/vendedlogs/states/${shared.stateMachine.name}`, retentionInDays: args.logRetentionDays ?? 30 },
    { parent },
  );
  const { role, policy } = createServiceRole(
    `${name}-workflow`,
    "states.amazonaws.com",
    accountIdOf(parent),
    [
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: [authorize.arn, settle.arn, ship.arn] },
      // AWS offers no resource for the delivery of vended logs, nor for traces.
      { Effect: "Allow", Action: STATE_MACHINE_LOGS_AND_TRACES, Resource: "*" },
    ],
    parent,
  );
  const stateMachine = new aws.sfn.StateMachine(
    `${name}-workflow`,
    transformed<aws.sfn.StateMachineArgs>(
      {
        name: shared.stateMachine.name,
        type: "STANDARD",
        roleArn: role.arn,
        definition: pulumi.all([authorize.arn, settle.arn, ship.arn]).apply(([authorizeArn, settleArn, shipArn]) =>
          JSON.stringify(
            orderWorkflow({
              functions: { authorize: authorizeArn, settle: settleArn, ship: shipArn },
              waits: shared.waits,
            }),
          ),
        ),
        loggingConfiguration: {
          level: "ERROR",
          includeExecutionData: false,
          logDestination: pulumi.interpolate`${logs.arn}:*`,
        },
        tracingConfiguration: { enabled: true },
      },
      args.transform?.stateMachine,
    ),
    { parent, dependsOn: [policy] },
  );
  return { stateMachine, log: logs };
}

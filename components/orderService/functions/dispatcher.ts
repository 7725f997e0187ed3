import { SNSClient } from "@aws-sdk/client-sns";
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { allowStreamReading, connectStreamReader } from "../../infrastructure/streamReader";
import { createDeadLetterQueue } from "../../infrastructure/subscribedQueue";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { handleInOrder } from "../../runtime/inOrder";
import { createLogger } from "../../runtime/logger";
import type { OrderServiceArgs } from "../args";
import { sendOnce, setting, traced } from "../handlers/clients";
import { createOrderStore, readDeadlines } from "../handlers/environment";
import { DISPATCHED_KINDS, dispatch } from "../handlers/executions/dispatch";
import { functionCaller } from "../handlers/functionCaller";
import { createCounter } from "../handlers/metrics";
import { createTaskReply, stepFunctions as stepFunctionsClient } from "../handlers/stepFunctions";
import type { OrderData } from "../resources/orderTables";
import type { SharedSettings } from "../resources/sharedSettings";

/**
 * Creates the only reader of the orders table's stream. A record that keeps failing is sent to the dead-letter queue
 * and skipped, so that it blocks no other order; the sweeper starts what the skipped record would have started.
 */
export function createDispatcher(
  name: string,
  args: Pick<OrderServiceArgs, "existingData" | "peerRegions" | "replicaRegions">,
  {
    shared,
    data,
    topic,
    refunder,
  }: { shared: SharedSettings; data: OrderData; topic: aws.sns.Topic; refunder: InlineFunction },
  parent: pulumi.Resource,
) {
  const peerRegions = args.peerRegions ?? (args.existingData ? undefined : (args.replicaRegions ?? []));
  const { environment, orders, cards, stock, settingsOf } = shared;
  const failures = createDeadLetterQueue(`${name}-stream-failures`, parent);
  const dispatcher = new InlineFunction(
    `${name}-dispatcher`,
    {
      description: "Reads the orders' stream: starts and wakes workflows, publishes status changes, supersedes items.",
      environment: {
        ...environment,
        STATE_MACHINE_ARN: shared.stateMachine.arn,
        TOPIC_ARN: topic.arn,
        REFUND_FUNCTION: refunder.name,
        PEER_REGIONS: JSON.stringify(peerRegions ?? null),
      },
      grants: [
        allow(orders, "dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        allow(cards, "dynamodb:DeleteItem"),
        allow(stock, "dynamodb:UpdateItem"),
        allow(
          reference("states:stateMachine", shared.stateMachine.arn),
          "states:StartExecution",
          "states:SendTaskFailure",
        ),
        allow(topic, "sns:Publish"),
        allow(refunder.function, "lambda:InvokeFunction"),
        ...allowStreamReading(failures, data.orders.streamArn),
      ],
      timeoutSeconds: 60,
      ...settingsOf("dispatcher"),
      callbackFactory: () => {
        const log = createLogger("orders-dispatcher");
        const count = createCounter();
        const workflows = stepFunctionsClient();
        const dispatching = {
          store: createOrderStore(),
          workflows,
          stateMachineArn: setting("STATE_MACHINE_ARN"),
          publisher: traced(new SNSClient(sendOnce)),
          topicArn: setting("TOPIC_ARN"),
          reply: createTaskReply(workflows),
          functions: functionCaller(),
          refunder: setting("REFUND_FUNCTION"),
          deadlines: readDeadlines(),
          peerRegions: (JSON.parse(setting("PEER_REGIONS")) as string[] | null) ?? undefined,
          onUnknownRegion: (item: Record<string, string>) => {
            log.error("Item of an unknown Region: no workflow works on the order", item);
            count("ItemsOfUnknownRegion");
          },
          onPaid: (seconds: number) => count("PaidAfterSeconds", seconds),
        };
        return (event: DynamoDBStreamEvent) =>
          handleInOrder(
            event.Records,
            (record) => dispatch(record, dispatching),
            (record, error) => {
              log.error("A record failed", { keys: record.dynamodb?.Keys, error: error as Error });
              count("StreamRecordsFailed");
            },
          );
      },
    },
    { parent },
  );
  // Wait and health items are written often, and no reader needs their records.
  const newImage = { kind: { S: [...DISPATCHED_KINDS] } };
  const source = { streamArn: data.orders.streamArn, failures, newImage };
  const mapping = connectStreamReader(`${name}-stream`, dispatcher, source, parent);
  return { dispatcher, failures, mapping };
}

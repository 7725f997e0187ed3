import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { type MiniStack, rootCredentials, startMiniStack } from "../../local/aws/emulator/supervisor";
import { type Clients, clientsOf } from "../kit/emulatorClients";
import type { CallResult, Functions } from "../kit/simulator/functions";
import { Messaging } from "../kit/simulator/messaging";
import type { SimulatedQueue, SimulatedStack } from "../kit/simulator/program";
import { Tables } from "../kit/simulator/tables";
import { World } from "../kit/simulator/world";
import { temporaryFolder } from "../kit/temporaryFolder";

type Command = { constructor: { name: string }; input: object };

const TableName = "orders";
const SCHEMA = {
  name: TableName,
  hash: "orderId",
  range: "region",
  indexes: { open: { hash: "openIn", range: "sweepAt" } },
  global: false,
};
const order = (region: string, more: object = {}) => ({ orderId: "A", region, version: 1, status: "PLACED", ...more });
const key = (region: string, orderId = "A") => ({ orderId, region });
const absent = "attribute_not_exists(orderId)";

/** Every kind of request that the order service makes; each runs on the state that the earlier ones left. */
const CONVERSATION: readonly [title: string, command: Command][] = [
  ["an item that is absent", new GetCommand({ TableName, Key: key("east") })],
  ["a put of an absent item", new PutCommand({ TableName, Item: order("east"), ConditionExpression: absent })],
  ["a put of an item that exists", new PutCommand({ TableName, Item: order("east"), ConditionExpression: absent })],
  [
    "a put under epoch, version and status",
    new PutCommand({
      TableName,
      Item: order("east", { version: 2, openIn: "east#1", sweepAt: "2026-01-01T00:30:00Z" }),
      ConditionExpression: "version = :version AND #status IN (:one, :two)",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":version": 1, ":one": "PAID", ":two": "PLACED" },
    }),
  ],
  [
    "a put under a version that has passed",
    new PutCommand({
      TableName,
      Item: order("east", { version: 2 }),
      ConditionExpression: "version = :version",
      ExpressionAttributeValues: { ":version": 1 },
    }),
  ],
  ["an item as it is now", new GetCommand({ TableName, Key: key("east"), ConsistentRead: true })],
  [
    "an update that makes an item and a set",
    new UpdateCommand({
      TableName,
      Key: key("notice#east"),
      UpdateExpression: "ADD sent :sent REMOVE #claim",
      ExpressionAttributeNames: { "#claim": "claimed_PAID" },
      ExpressionAttributeValues: { ":sent": new Set(["PLACED"]) },
    }),
  ],
  [
    "a claim of what was sent",
    new UpdateCommand({
      TableName,
      Key: key("notice#east"),
      UpdateExpression: "SET #claim = :until, #kind = :kind",
      ConditionExpression:
        "(attribute_not_exists(sent) OR NOT contains(sent, :status)) AND (attribute_not_exists(#claim) OR #claim < :at)",
      ExpressionAttributeNames: { "#claim": "claimed_PLACED", "#kind": "kind" },
      ExpressionAttributeValues: { ":until": "2", ":at": "1", ":status": "PLACED", ":kind": "notice" },
    }),
  ],
  [
    "a claim of what was not sent",
    new UpdateCommand({
      TableName,
      Key: key("notice#east"),
      UpdateExpression: "SET #claim = :until, #kind = :kind",
      ConditionExpression:
        "(attribute_not_exists(sent) OR NOT contains(sent, :status)) AND (attribute_not_exists(#claim) OR #claim < :at)",
      ExpressionAttributeNames: { "#claim": "claimed_PAID", "#kind": "kind" },
      ExpressionAttributeValues: { ":until": "2", ":at": "1", ":status": "PAID", ":kind": "notice" },
    }),
  ],
  [
    "a counter below its limit",
    new UpdateCommand({
      TableName,
      Key: key("rate#east", "rate#orders#ann"),
      UpdateExpression: "SET #kind = :kind ADD used :one",
      ConditionExpression: "attribute_not_exists(used) OR used < :limit",
      ExpressionAttributeNames: { "#kind": "kind" },
      ExpressionAttributeValues: { ":kind": "rate", ":one": 1, ":limit": 1 },
    }),
  ],
  [
    "a counter at its limit",
    new UpdateCommand({
      TableName,
      Key: key("rate#east", "rate#orders#ann"),
      UpdateExpression: "SET #kind = :kind ADD used :one",
      ConditionExpression: "attribute_not_exists(used) OR used < :limit",
      ExpressionAttributeNames: { "#kind": "kind" },
      ExpressionAttributeValues: { ":kind": "rate", ":one": 1, ":limit": 1 },
    }),
  ],
  [
    "a transaction that fails with the item in the way",
    new TransactWriteCommand({
      TransactItems: [
        {
          Put: {
            TableName,
            Item: order("east"),
            ConditionExpression: absent,
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
        { Put: { TableName, Item: order("west") } },
      ],
    }),
  ],
  ["what a failed transaction leaves", new GetCommand({ TableName, Key: key("west") })],
  [
    "a transaction of a put and a delete",
    new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName, Item: order("west", { openIn: "east#1", sweepAt: "2026-01-01T00:10:00Z" }) } },
        { Delete: { TableName, Key: key("notice#east") } },
      ],
    }),
  ],
  [
    "all items of an order",
    new QueryCommand({
      TableName,
      KeyConditionExpression: "orderId = :orderId",
      ExpressionAttributeValues: { ":orderId": "A" },
      ConsistentRead: true,
    }),
  ],
  [
    "the index by deadline",
    new QueryCommand({
      TableName,
      IndexName: "open",
      KeyConditionExpression: "openIn = :openIn AND sweepAt <= :dueAt",
      ExpressionAttributeValues: { ":openIn": "east#1", ":dueAt": "2026-01-01T00:20:00Z" },
    }),
  ],
  [
    "the first page of the index",
    new QueryCommand({
      TableName,
      IndexName: "open",
      KeyConditionExpression: "openIn = :openIn",
      ExpressionAttributeValues: { ":openIn": "east#1" },
      Limit: 1,
    }),
  ],
  ["items by key", new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [key("east"), key("none")] } } })],
  [
    "a delete under a condition that fails",
    new DeleteCommand({
      TableName,
      Key: key("west"),
      ConditionExpression: "attribute_not_exists(orderId) OR version <= :version",
      ExpressionAttributeValues: { ":version": 0 },
    }),
  ],
  ["a delete", new DeleteCommand({ TableName, Key: key("west") })],
  ["a delete of what is gone", new DeleteCommand({ TableName, Key: key("west") })],
];

/** Extracts the part of a response that the store reads. */
function toOutcome(answer: unknown): unknown {
  const { Item, Items, Responses, LastEvaluatedKey } = answer as Record<string, unknown>;
  return JSON.parse(
    JSON.stringify({ Item, Items, Responses, LastEvaluatedKey }, (_name, value) =>
      value instanceof Set
        ? [...value]
        : typeof value === "object" && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).sort(([first], [second]) => (first < second ? -1 : 1)))
          : value,
    ),
  );
}

function toRefusal(error: unknown): unknown {
  const { name, CancellationReasons } = error as Error & { CancellationReasons?: { Code?: string; Item?: object }[] };
  return { refused: name, reasons: CancellationReasons?.map(({ Code, Item }) => [Code, Item !== undefined]) };
}

describe("The simulator's stand-ins and the emulator of the local run", function () {
  this.timeout(300_000);
  let emulator: MiniStack;
  let clients: Clients;
  let documents: DynamoDBDocumentClient;
  const tables = new Tables(new World({ seed: 1 }), new Map([[TableName, SCHEMA]]), ["east"], () => 0);

  before(async () => {
    emulator = await startMiniStack({ region: "us-east-1", dataDir: temporaryFolder("simulator") });
    clients = clientsOf(emulator);
    documents = DynamoDBDocumentClient.from(clients.tables);
    await clients.tables.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: ["orderId", "region", "openIn", "sweepAt"].map((AttributeName) => ({
          AttributeName,
          AttributeType: "S",
        })),
        KeySchema: [
          { AttributeName: "orderId", KeyType: "HASH" },
          { AttributeName: "region", KeyType: "RANGE" },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: "open",
            KeySchema: [
              { AttributeName: "openIn", KeyType: "HASH" },
              { AttributeName: "sweepAt", KeyType: "RANGE" },
            ],
            Projection: { ProjectionType: "KEYS_ONLY" },
          },
        ],
      }),
    );
  });

  after(() => emulator?.stop());

  for (const [title, command] of CONVERSATION) {
    it(`answer ${title} alike`, async () => {
      const emulated = await documents.send(command as never).then(toOutcome, toRefusal);
      let simulated: unknown;
      try {
        simulated = toOutcome(tables.answer("east", command.constructor.name, command.input as never));
      } catch (error) {
        simulated = toRefusal(error);
      }
      expect(simulated).to.deep.equal(emulated);
    });
  }

  it("refuse executions and tokens by the same names", async () => {
    const { Role } = await clients.roles.send(
      new CreateRoleCommand({
        RoleName: "workflow",
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
      }),
    );
    const definition = JSON.stringify({ StartAt: "End", States: { End: { Type: "Succeed" } } });
    const { stateMachineArn } = await clients.workflows.send(
      new CreateStateMachineCommand({
        name: "ends",
        definition,
        roleArn: Role?.Arn,
      }),
    );
    const start = { stateMachineArn, name: "A-1", input: "{}" };
    const { executionArn = "" } = await clients.workflows.send(new StartExecutionCommand(start));
    const nameOf = (call: Promise<unknown>) =>
      call.then(
        () => "answered",
        (error: Error) => error.name,
      );
    let again = "answered";
    // While it runs, the same start is answered like the first.
    for (let attempt = 0; attempt < 1_000 && again === "answered"; attempt++) {
      again = await nameOf(clients.workflows.send(new StartExecutionCommand({ ...start, input: '{"other":1}' })));
    }
    expect(again).to.equal("ExecutionAlreadyExists");
    const missing = executionArn.replace("A-1", "A-2");
    expect(await nameOf(clients.workflows.send(new DescribeExecutionCommand({ executionArn: missing })))).to.equal(
      "ExecutionDoesNotExist",
    );
    expect(
      await nameOf(clients.workflows.send(new SendTaskSuccessCommand({ taskToken: "none", output: "{}" }))),
    ).to.be.oneOf(["InvalidToken", "TaskDoesNotExist"]);
  });

  it("deliver what a subscription lets through as it was published", async () => {
    const topics = new SNSClient({
      endpoint: emulator.endpoint,
      region: emulator.region,
      credentials: rootCredentials,
    });
    const { TopicArn = "" } = await topics.send(new CreateTopicCommand({ Name: "orders" }));
    const queueArn = TopicArn.replace(":sns:", ":sqs:").replace(/orders$/, "notices");
    const { QueueUrl } = await clients.queues.send(
      new CreateQueueCommand({
        QueueName: "notices",
        Attributes: {
          Policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { Service: "sns.amazonaws.com" },
                Action: "sqs:SendMessage",
                Resource: queueArn,
              },
            ],
          }),
        },
      }),
    );
    await topics.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: "sqs",
        Endpoint: queueArn,
        Attributes: { RawMessageDelivery: "true", FilterPolicy: JSON.stringify({ status: ["PAID", "SHIPPED"] }) },
      }),
    );
    const simulated = simulateQueue({ subscription: { topicArn: TopicArn, only: { status: ["PAID", "SHIPPED"] } } });
    for (const status of ["PAID", "SHIPPING", "SHIPPED", undefined]) {
      const input = {
        TopicArn,
        Message: `{"status":"${status}"}`,
        ...(status && { MessageAttributes: { status: { DataType: "String", StringValue: status } } }),
      };
      await topics.send(new PublishCommand(input));
      simulated.messaging.publish("us-east-1", input);
    }
    simulated.run();
    const emulated = await receiveAll(QueueUrl, 2);
    expect(emulated.map(({ Body }) => Body)).to.have.members(['{"status":"PAID"}', '{"status":"SHIPPED"}']);
    expect(simulated.received.map(({ body }) => body)).to.have.members(emulated.map(({ Body }) => Body));
    for (const { Body, MessageAttributes } of emulated) {
      const { messageAttributes } = simulated.received.find(({ body }) => body === Body)!;
      expect(messageAttributes["status"]).to.deep.equal({
        stringValue: MessageAttributes?.["status"]?.StringValue,
        dataType: MessageAttributes?.["status"]?.DataType,
      });
    }
  });

  it("receive a message that always fails equally often, until it is a dead letter", async () => {
    const { QueueUrl: deadUrl } = await clients.queues.send(new CreateQueueCommand({ QueueName: "failed" }));
    const { QueueUrl } = await clients.queues.send(
      new CreateQueueCommand({
        QueueName: "retried",
        Attributes: {
          VisibilityTimeout: "0",
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:failed",
            maxReceiveCount: 3,
          }),
        },
      }),
    );
    await clients.queues.send(new SendMessageCommand({ QueueUrl, MessageBody: "fails" }));
    const emulated = await receiveAll(QueueUrl, Number.POSITIVE_INFINITY);
    const dead = await receiveAll(deadUrl, 1);

    const simulated = simulateQueue({ answer: { ok: false, error: "Error", message: "fails" } });
    simulated.messaging.send("us-east-1", simulated.queueArn, "fails");
    simulated.run();
    expect(emulated).to.have.length(3);
    expect(simulated.received).to.have.length(3);
    expect(simulated.received.map(({ attributes }) => attributes["ApproximateReceiveCount"])).to.deep.equal(
      emulated.map(({ Attributes }) => Attributes?.ApproximateReceiveCount),
    );
    expect(dead.map(({ Body }) => Body)).to.deep.equal(["fails"]);
    expect(simulated.messaging.deadLetters.map(({ queue, body }) => [queue, body])).to.deep.equal([
      ["failed", "fails"],
    ]);
  });

  /** Receives until `count` messages have come, or none comes any more. */
  async function receiveAll(QueueUrl: string | undefined, count: number) {
    const received = [];
    while (received.length < count) {
      const { Messages = [] } = await clients.queues.send(
        new ReceiveMessageCommand({
          QueueUrl,
          WaitTimeSeconds: 1,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["ApproximateReceiveCount"],
        }),
      );
      if (Messages.length === 0) break;
      received.push(...Messages);
    }
    return received;
  }
});

interface QueueRecord {
  body: string;
  attributes: Record<string, string>;
  messageAttributes: Record<string, { stringValue: string; dataType: string }>;
}

/** One queue of the simulator with a dead-letter queue, three attempts and a function that answers each message alike. */
function simulateQueue({
  subscription,
  answer = { ok: true, value: undefined },
}: {
  subscription?: { topicArn: string; only: Record<string, string[]> };
  answer?: CallResult;
}) {
  const world = new World({ seed: 1, calm: true });
  const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const queueArn = arn("retried");
  const queues: SimulatedQueue[] = [
    {
      name: "retried",
      arn: queueArn,
      delaySeconds: 0,
      visibilitySeconds: 30,
      attempts: 3,
      deadLetterArn: arn("failed"),
    },
    { name: "failed", arn: arn("failed"), delaySeconds: 0, visibilitySeconds: 30 },
  ];
  const stack = {
    queues: new Map(queues.map((queue) => [queue.arn, queue])),
    subscriptions: subscription ? [{ ...subscription, queueArn }] : [],
    mappings: [{ sourceArn: queueArn, functionArn: "notifier", batchSize: 1, retries: 0 }],
  } as unknown as SimulatedStack;
  const received: QueueRecord[] = [];
  const functions = {
    find: () => undefined,
    call: (_region: string, _fn: unknown, event: { Records: QueueRecord[] }, done: (result: CallResult) => void) => {
      received.push(...event.Records);
      done(answer);
    },
  } as unknown as Functions;
  const messaging = new Messaging(world, new Map([["us-east-1", stack]]), functions, 0);
  const run = () => {
    while (world.step());
  };
  return { messaging, received, queueArn, run };
}

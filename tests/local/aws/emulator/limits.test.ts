import { AdminCreateUserCommand, CreateUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { CreateStateMachineCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { CreateTopicCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { type MiniStack, rootCredentials, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import { type Clients, clientsOf } from "../../../kit/emulatorClients";
import { temporaryFolder } from "../../../kit/temporaryFolder";

/** Limits of AWS that the store's code could reach, from each service's documentation. */
describe("An emulator refuses", function () {
  this.timeout(300_000);
  const region = "us-east-1";
  const dataDir = temporaryFolder("limits");
  let emulator: MiniStack;
  let clients: Clients;
  let others: { lambda: LambdaClient; sns: SNSClient; ses: SESv2Client; ssm: SSMClient };
  let names: { queue: string; topic: string; machine: string; pool: string };
  const kib = 1024;
  const text = (length: number) => "x".repeat(length);

  before(async () => {
    emulator = await startMiniStack({ region, dataDir });
    clients = clientsOf(emulator);
    const settings = { endpoint: emulator.endpoint, region, credentials: rootCredentials, maxAttempts: 1 };
    others = {
      lambda: new LambdaClient(settings),
      sns: new SNSClient(settings),
      ses: new SESv2Client(settings),
      ssm: new SSMClient(settings),
    };
    await clients.tables.send(
      new CreateTableCommand({
        TableName: "orders",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: ["id", "part", "openIn", "number"].map((AttributeName) => ({
          AttributeName,
          AttributeType: AttributeName === "number" ? "N" : "S",
        })),
        KeySchema: [
          { AttributeName: "id", KeyType: "HASH" },
          { AttributeName: "part", KeyType: "RANGE" },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: "open",
            KeySchema: [
              { AttributeName: "openIn", KeyType: "HASH" },
              { AttributeName: "number", KeyType: "RANGE" },
            ],
            Projection: { ProjectionType: "ALL" },
          },
        ],
      }),
    );
    await put({ openIn: { S: "us-east-1" }, number: { N: "1" } });
    const { Role } = await clients.roles.send(
      new CreateRoleCommand({
        RoleName: "limits",
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: ["lambda", "states"].map((service) => ({
            Effect: "Allow",
            Principal: { Service: `${service}.amazonaws.com` },
            Action: "sts:AssumeRole",
          })),
        }),
      }),
    );
    const definition = JSON.stringify({ StartAt: "End", States: { End: { Type: "Pass", End: true } } });
    const [queue, topic, machine, pool] = await Promise.all([
      clients.queues.send(new CreateQueueCommand({ QueueName: "limits" })),
      others.sns.send(new CreateTopicCommand({ Name: "limits" })),
      clients.workflows.send(new CreateStateMachineCommand({ name: "limits", definition, roleArn: Role?.Arn })),
      clients.accounts.send(new CreateUserPoolCommand({ PoolName: "limits" })),
    ]);
    names = {
      queue: queue.QueueUrl ?? "",
      topic: topic.TopicArn ?? "",
      machine: machine.stateMachineArn ?? "",
      pool: pool.UserPool?.Id ?? "",
    };
    await others.lambda.send(
      new CreateFunctionCommand({
        FunctionName: "limits",
        Role: Role?.Arn,
        Code: { ZipFile: emptyArchive },
        Handler: "index.handler",
        Runtime: "nodejs24.x",
      }),
    );
  });
  after(async () => {
    for (const client of [...Object.values(clients ?? {}), ...Object.values(others ?? {})]) client.destroy();
    await emulator?.stop();
  });

  const key = { id: { S: "o-1" }, part: { S: "a" } };
  const put = (more: Record<string, AttributeValue>) =>
    clients.tables.send(new PutItemCommand({ TableName: "orders", Item: { ...key, ...more } }));
  const update = (value: AttributeValue, expression = "SET #name = :value", name = "openIn") =>
    clients.tables.send(
      new UpdateItemCommand({
        TableName: "orders",
        Key: key,
        UpdateExpression: expression,
        ExpressionAttributeNames: { "#name": name },
        ExpressionAttributeValues: { ":value": value },
      }),
    );
  const query = (more: Partial<QueryCommand["input"]>) =>
    clients.tables.send(
      new QueryCommand({
        TableName: "orders",
        KeyConditionExpression: "id = :id",
        ExpressionAttributeValues: { ":id": { S: "o-1" } },
        ...more,
      }),
    );
  const openQuery = (openIn: string, more: Partial<QueryCommand["input"]> = {}) =>
    query({
      IndexName: "open",
      KeyConditionExpression: "openIn = :openIn",
      ExpressionAttributeValues: { ":openIn": { S: openIn } },
      ...more,
    });
  const keyAt = (id: string, part: string) => ({ id: { S: id }, part: { S: part } });
  const keys = (count: number) => Array.from({ length: count }, (_, part) => keyAt("o-2", String(part)));
  const transact = (items: Record<string, AttributeValue>[]) =>
    clients.tables.send(
      new TransactWriteItemsCommand({ TransactItems: items.map((Item) => ({ Put: { TableName: "orders", Item } })) }),
    );
  const start = (name: string, input = "{}") =>
    clients.workflows.send(new StartExecutionCommand({ stateMachineArn: names.machine, name, input }));
  const invoke = (bytes: number, InvocationType: "Event" | "RequestResponse") =>
    others.lambda.send(
      new InvokeCommand({ FunctionName: "limits", InvocationType, Payload: Buffer.from(JSON.stringify(text(bytes))) }),
    );
  const create = (Username: string, Value: string) =>
    clients.accounts.send(
      new AdminCreateUserCommand({
        UserPoolId: names.pool,
        Username,
        MessageAction: "SUPPRESS",
        UserAttributes: [{ Name: "name", Value }],
      }),
    );
  const mail = (addresses: number, body = "Thanks.") =>
    others.ses.send(
      new SendEmailCommand({
        FromEmailAddress: "shop@example.com",
        Destination: { ToAddresses: Array.from({ length: addresses }, (_, number) => `ada${number}@example.com`) },
        Content: { Simple: { Subject: { Data: "Order" }, Body: { Text: { Data: body } } } },
      }),
    );
  const parameter = (Value: string) =>
    others.ssm.send(new PutParameterCommand({ Name: "/limits", Type: "SecureString", Value, Overwrite: true }));

  const refused: [what: string, call: () => Promise<unknown>, error: RegExp][] = [
    ["an item with an empty partition key", () => put({ id: { S: "" } }), /^ValidationException/],
    ["an item with an empty sort key", () => put({ part: { S: "" } }), /^ValidationException/],
    ["an item with an empty key of an index", () => put({ openIn: { S: "" } }), /^ValidationException/],
    ["an item with an index's key of another type", () => put({ number: { S: "1" } }), /^ValidationException/],
    ["an update that empties a key of an index", () => update({ S: "" }), /^ValidationException/],
    [
      "an update under an empty key",
      () =>
        clients.tables.send(
          new UpdateItemCommand({ TableName: "orders", Key: keyAt("", "a"), UpdateExpression: "REMOVE x" }),
        ),
      /^ValidationException/,
    ],
    [
      "a read of an empty key",
      () => clients.tables.send(new GetItemCommand({ TableName: "orders", Key: keyAt("o-1", "") })),
      /^ValidationException/,
    ],
    [
      "a deletion under an empty key",
      () => clients.tables.send(new DeleteItemCommand({ TableName: "orders", Key: keyAt("", "a") })),
      /^ValidationException/,
    ],
    [
      "a batch with an empty key",
      () => clients.tables.send(new BatchGetItemCommand({ RequestItems: { orders: { Keys: [keyAt("", "a")] } } })),
      /^ValidationException/,
    ],
    [
      "a batch that writes an empty key",
      () =>
        clients.tables.send(
          new BatchWriteItemCommand({ RequestItems: { orders: [{ PutRequest: { Item: keyAt("", "a") } }] } }),
        ),
      /^ValidationException/,
    ],
    [
      "a batch that writes an empty key of an index",
      () =>
        clients.tables.send(
          new BatchWriteItemCommand({
            RequestItems: { orders: [{ PutRequest: { Item: { ...key, openIn: { S: "" } } } }] },
          }),
        ),
      /^ValidationException/,
    ],
    [
      "a transaction with an empty key",
      () => transact([keyAt("", "a")]),
      /^(ValidationException|TransactionCanceledException.*ValidationError)/,
    ],
    [
      "a transaction with an empty key of an index",
      () => transact([{ ...key, openIn: { S: "" } }]),
      /^(ValidationException|TransactionCanceledException.*ValidationError)/,
    ],
    [
      "a query for an empty key",
      () => query({ ExpressionAttributeValues: { ":id": { S: "" } } }),
      /^ValidationException/,
    ],
    ["a query of an index for an empty key", () => openQuery(""), /^ValidationException/],
    [
      "a query that begins at an empty sort key",
      () => query({ ExclusiveStartKey: keyAt("o-1", "") }),
      /^ValidationException/,
    ],
    [
      "a query that begins at an empty partition key",
      () => query({ ExclusiveStartKey: keyAt("", "a") }),
      /^ValidationException/,
    ],
    [
      "a query of an index that begins at empty keys",
      () => openQuery("us-east-1", { ExclusiveStartKey: { ...keyAt("", ""), openIn: { S: "" }, number: { N: "1" } } }),
      /^ValidationException/,
    ],
    [
      "a query of an index that begins at an empty key of the table",
      () =>
        openQuery("us-east-1", {
          ExclusiveStartKey: { ...keyAt("o-1", ""), openIn: { S: "us-east-1" }, number: { N: "1" } },
        }),
      /^ValidationException/,
    ],
    [
      "a query of an index that begins at an empty key of the index",
      () => openQuery("us-east-1", { ExclusiveStartKey: { ...key, openIn: { S: "" }, number: { N: "1" } } }),
      /^ValidationException/,
    ],
    [
      "a scan that begins at an empty key",
      () => clients.tables.send(new ScanCommand({ TableName: "orders", ExclusiveStartKey: keyAt("o-1", "") })),
      /^ValidationException/,
    ],
    ["a partition key beyond 2,048 bytes", () => put({ id: { S: text(2_049) } }), /^ValidationException/],
    ["a sort key beyond 1,024 bytes", () => put({ part: { S: text(1_025) } }), /^ValidationException/],
    ["a key of an index beyond 2,048 bytes", () => put({ openIn: { S: text(2_049) } }), /^ValidationException/],
    ["a number with 39 digits", () => put({ amount: { N: "1".repeat(39) } }), /^ValidationException/],
    ["a number beyond 9.99e125", () => put({ amount: { N: "1e126" } }), /^ValidationException/],
    ["a number below 1e-130", () => put({ amount: { N: "1e-131" } }), /^ValidationException/],
    [
      "an update with a number beyond the range",
      () => update({ N: "1e300" }, "SET #name = :value", "amount"),
      /^ValidationException/,
    ],
    ["an item beyond 400 KB", () => put({ note: { S: text(400 * kib) } }), /^ValidationException/],
    [
      "an update that makes an item larger than 400 KB",
      () => update({ S: text(400 * kib) }, "SET #name = :value", "note"),
      /^ValidationException/,
    ],
    ["a transaction of 101 items", () => transact(keys(101)), /^ValidationException/],
    [
      "a transaction beyond 4 MB",
      () => transact(keys(11).map((item) => ({ ...item, note: { S: text(390 * kib) } }))),
      /^(ValidationException|TransactionCanceledException)/,
    ],
    ["a transaction with one item twice", () => transact([key, key]), /^ValidationException/],
    [
      "a batch that writes 26 items",
      () =>
        clients.tables.send(
          new BatchWriteItemCommand({ RequestItems: { orders: keys(26).map((Item) => ({ PutRequest: { Item } })) } }),
        ),
      /^ValidationException/,
    ],
    [
      "a batch that writes one item twice",
      () =>
        clients.tables.send(
          new BatchWriteItemCommand({ RequestItems: { orders: [key, key].map((Item) => ({ PutRequest: { Item } })) } }),
        ),
      /^ValidationException/,
    ],
    [
      "a batch that reads 101 items",
      () => clients.tables.send(new BatchGetItemCommand({ RequestItems: { orders: { Keys: keys(101) } } })),
      /^ValidationException/,
    ],
    [
      "a batch that reads one item twice",
      () => clients.tables.send(new BatchGetItemCommand({ RequestItems: { orders: { Keys: [key, key] } } })),
      /^ValidationException/,
    ],
    [
      "an expression beyond 4 KB",
      () => update({ S: "a" }, `SET ${text(4 * kib)} = :value, #name = :value`),
      /^ValidationException/,
    ],
    [
      "a reserved word in an expression",
      () => update({ S: "a" }, "SET #name = :value, status = :value", "note"),
      /^ValidationException/,
    ],
    [
      "an unused value of an expression",
      () => query({ ExpressionAttributeValues: { ":id": { S: "o-1" }, ":unused": { S: "a" } } }),
      /^ValidationException/,
    ],
    ["an empty set", () => put({ tags: { SS: [] } }), /^ValidationException/],
    [
      "a message of SNS beyond 256 KiB",
      () => others.sns.send(new PublishCommand({ TopicArn: names.topic, Message: text(256 * kib + 1) })),
      /^InvalidParameter/,
    ],
    [
      "a text message beyond 1,600 characters",
      () => others.sns.send(new PublishCommand({ PhoneNumber: "+14255550100", Message: text(1_601) })),
      /^InvalidParameter/,
    ],
    [
      "a message of SQS beyond 1 MiB",
      () => clients.queues.send(new SendMessageCommand({ QueueUrl: names.queue, MessageBody: text(1_024 * kib + 1) })),
      /^InvalidParameterValue/,
    ],
    [
      "an empty message of SQS",
      () => clients.queues.send(new SendMessageCommand({ QueueUrl: names.queue, MessageBody: "" })),
      /^(MissingParameter|InvalidParameterValue)/,
    ],
    [
      "a message of SQS with a character that XML does not have",
      () => clients.queues.send(new SendMessageCommand({ QueueUrl: names.queue, MessageBody: "a\u0001b" })),
      /^InvalidMessageContents/,
    ],
    [
      "a batch of eleven messages",
      () =>
        clients.queues.send(
          new SendMessageBatchCommand({
            QueueUrl: names.queue,
            Entries: Array.from({ length: 11 }, (_, id) => ({ Id: String(id), MessageBody: "a" })),
          }),
        ),
      /^(AWS\.SimpleQueueService\.)?TooManyEntriesInBatchRequest/,
    ],
    [
      "a delay beyond 900 s",
      () => clients.queues.send(new SendMessageCommand({ QueueUrl: names.queue, MessageBody: "a", DelaySeconds: 901 })),
      /^InvalidParameterValue/,
    ],
    ["an execution's name beyond 80 characters", () => start(text(81)), /^(InvalidName|ValidationException)/],
    ["an execution's name with a sign that it may not have", () => start("o-1/2"), /^InvalidName/],
    [
      "an execution's input beyond 256 KiB",
      () => start("large", JSON.stringify(text(256 * kib))),
      /^(InvalidExecutionInput|ValidationException)/,
    ],
    ["an execution's input that is no JSON", () => start("broken", "{"), /^InvalidExecutionInput/],
    [
      "a call of a function beyond 6 MB",
      () => invoke(6 * kib * kib, "RequestResponse"),
      /^RequestTooLarge|^RequestEntityTooLarge/,
    ],
    [
      "an asynchronous call of a function beyond 1 MB",
      () => invoke(kib * kib, "Event"),
      /^RequestTooLarge|^RequestEntityTooLarge/,
    ],
    ["a mail to 51 addresses", () => mail(51), /^(BadRequestException|LimitExceededException|MessageRejected)/],
    [
      "an attribute of a customer beyond 2,048 characters",
      () => create("ada", text(2_049)),
      /^InvalidParameterException/,
    ],
    ["a customer's name beyond 128 characters", () => create(text(129), "Ada"), /^InvalidParameterException/],
    ["a parameter beyond 4 KB", () => parameter(text(4 * kib + 1)), /^ValidationException/],
    ["an empty parameter", () => parameter(""), /^ValidationException/],
  ];
  for (const [what, call, error] of refused) {
    it(what, async () => {
      const outcome = await call().then(
        () => "accepted",
        (failure: Error & { CancellationReasons?: unknown }) =>
          `${failure.name}: ${failure.message} ${JSON.stringify(failure.CancellationReasons ?? "")}`,
      );
      expect(outcome).to.match(error);
    });
  }

  const accepted: [what: string, call: () => Promise<unknown>][] = [
    ["an empty value that is no key", () => put({ note: { S: "" } })],
    ["an item without an index's keys", () => put({})],
    ["a number with 38 digits", () => put({ amount: { N: "9".repeat(38) } })],
    ["an item just below 400 KB", () => put({ note: { S: text(400 * kib - 100) } })],
    ["a transaction of 100 items", () => transact(keys(100))],
    [
      "a message of SNS of 256 KiB",
      () => others.sns.send(new PublishCommand({ TopicArn: names.topic, Message: text(256 * kib) })),
    ],
    ["an execution's name of 80 characters", () => start(text(80))],
    ["an attribute of a customer with 2,048 characters", () => create("bea", text(2_048))],
    ["a parameter of 4 KB", () => parameter(text(4 * kib))],
  ];
  describe("but accepts", () => {
    for (const [what, call] of accepted) it(what, () => call().then(() => undefined));
  });
});

/** A ZIP archive without entries: the function never runs. */
const emptyArchive = Buffer.from([0x50, 0x4b, 5, 6, ...new Array<number>(18).fill(0)]);

import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateEmailIdentityCommand, SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import {
  CreateStateMachineCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { type MiniStack, startMiniStack } from "../../../local/aws/emulator/supervisor";
import { type Console, startConsole } from "../../../local/console";
import type { DeployedResource, Deployment } from "../../../local/deployment/deployment";
import { type Providers, startProviders } from "../../../local/providers";
import { tokenOf } from "../../../local/providers/testCards";
import { launchBrowser } from "../../browser/browser";
import { temporaryFolder } from "../../kit/temporaryFolder";

const region = "us-east-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const key = "a-key";
const hostile = `<img src=x onerror="document.title='broken'">`;

describe("Console", function () {
  this.timeout(300_000);
  let folder: string;
  let miniStack: MiniStack;
  let providers: Providers;
  let page: Console;
  let browser: Browser | undefined;
  const lines: string[] = [];

  before(async () => {
    folder = temporaryFolder("console");
    miniStack = await startMiniStack({ region, dataDir: join(folder, "ministack") });
    const client = { region, endpoint: miniStack.endpoint, credentials };
    const secret = `whsec_${Buffer.from("a-webhook-secret-of-24-b").toString("base64")}`;
    providers = await startProviders({
      secrets: { paymentApiKey: key, shippingApiKey: key, paymentWebhookSecret: secret, shippingWebhookSecret: secret },
    });
    const deployment = await deploy(client);
    page = await startConsole({
      deployments: [deployment],
      providers,
      storeUrl: "http://127.0.0.1:8080",
      notes: ["The edge keeps no answer."],
      log: (line) => lines.push(line),
    });
  });
  after(async () => {
    await browser?.close();
    await page?.stop();
    await providers?.stop();
    await miniStack?.kill();
  });

  /** Creates a small store: one order, a mail, a text message, a dead letter, a log line. */
  async function deploy(client: {
    region: string;
    endpoint: string;
    credentials: typeof credentials;
  }): Promise<Deployment> {
    const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(client));
    await dynamo.send(
      new CreateTableCommand({
        TableName: "orders",
        AttributeDefinitions: ["orderId", "region"].map((AttributeName) => ({
          AttributeName,
          AttributeType: "S" as const,
        })),
        KeySchema: [
          { AttributeName: "orderId", KeyType: "HASH" },
          { AttributeName: "region", KeyType: "RANGE" },
        ],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
    const order = {
      kind: "order",
      orderId: "o-1",
      region,
      status: "PAID",
      epoch: 1,
      createdAt: at(0),
      updatedAt: at(2),
    };
    const history = [
      { status: "PLACED", at: at(0), region, epoch: 1 },
      { status: "PAID", at: at(2), region, epoch: 1 },
    ];
    const content = {
      contact: { email: "ada@example.com" },
      total: { amount: 4990, currency: "EUR" },
      lines: [{ productId: "p-1", name: hostile, quantity: 2 }],
    };
    await dynamo.send(new PutCommand({ TableName: "orders", Item: { ...order, ...content, history } }));
    // The other Region has taken it over, and its payment was declined.
    const taken = { ...order, ...content, history, orderId: "o-2", createdAt: at(-9) };
    await dynamo.send(new PutCommand({ TableName: "orders", Item: taken }));
    const declined = {
      region: "us-west-2",
      epoch: 2,
      status: "CANCELLED",
      payment: { declined: "insufficient_funds" },
    };
    await dynamo.send(new PutCommand({ TableName: "orders", Item: { ...taken, ...declined, updatedAt: at(4) } }));
    await dynamo.send(
      new PutCommand({
        TableName: "orders",
        Item: { kind: "cancel", orderId: "o-1", region: `cancel#${region}`, requestedAt: at(3) },
      }),
    );
    await dynamo.send(new PutCommand({ TableName: "orders", Item: { kind: "health", orderId: "health", region } }));
    dynamo.destroy();

    const iam = new IAMClient(client);
    const trust = { Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" };
    const { Role: role } = await iam.send(
      new CreateRoleCommand({
        RoleName: "order",
        AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
      }),
    );
    iam.destroy();
    const sfn = new SFNClient(client);
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({
        name: "order",
        roleArn: role?.Arn,
        definition: JSON.stringify({
          StartAt: "Authorize",
          States: {
            Authorize: { Type: "Pass", Next: "Capture" },
            Capture: { Type: "Pass", Next: "Ship" },
            Ship: { Type: "Wait", Seconds: 600, End: true },
          },
        }),
      }),
    );
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: "o-1-1", input: "{}" }));
    // The execution runs in the background.
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(20)) {
      const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
      if (events.some(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === "Ship")) break;
    }
    sfn.destroy();

    const ses = new SESv2Client(client);
    await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: "shop@example.com" }));
    await ses.send(
      new SendEmailCommand({
        FromEmailAddress: "shop@example.com",
        Destination: { ToAddresses: ["ada@example.com"] },
        Content: { Simple: { Subject: { Data: "Your order is paid" }, Body: { Text: { Data: hostile } } } },
      }),
    );
    ses.destroy();
    const sns = new SNSClient(client);
    await sns.send(new PublishCommand({ PhoneNumber: "+4930123456", Message: "Order o-1 is paid." }));
    sns.destroy();

    const sqs = new SQSClient(client);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "index-dead" }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"reason":"poison"}' }));
    sqs.destroy();

    const logs = new CloudWatchLogsClient(client);
    const logGroupName = "/aws/lambda/submit";
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: "a" }));
    const record = { level: "ERROR", message: "Payment is down", orderId: "o-1", timestamp: "x" };
    await logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName: "a",
        logEvents: ["START RequestId: 1", JSON.stringify(record)].map((message) => ({
          message,
          timestamp: Date.now(),
        })),
      }),
    );
    logs.destroy();

    const resource = (type: string, name: string, inputs: Record<string, unknown>, outputs = {}): DeployedResource => ({
      urn: `urn:${name}`,
      type,
      name,
      id: name,
      inputs,
      outputs,
    });
    const deadArn = `arn:aws:sqs:${region}:000000000000:index-dead`;
    return {
      stack: "dev",
      region,
      endpoint: client.endpoint,
      credentials,
      outputs: {},
      notEmulated: [{ type: "aws:wafv2/webAcl:WebAcl", name: "acl", why: "Nothing is blocked." }],
      resources: [
        resource(
          "aws:dynamodb/table:Table",
          "orders",
          { hashKey: "orderId", rangeKey: "region", streamEnabled: true, globalSecondaryIndexes: [{ name: "open" }] },
          { name: "orders" },
        ),
        resource("aws:dynamodb/table:Table", "cards", { hashKey: "orderId", rangeKey: "region" }, { name: "cards" }),
        resource("aws:sfn/stateMachine:StateMachine", "order", {}, { arn: stateMachineArn }),
        resource("aws:sqs/queue:Queue", "index-dead", {}, { name: "index-dead", arn: deadArn }),
        resource("aws:lambda/function:Function", "submit", {}, { name: "submit" }),
        resource("aws:lambda/eventSourceMapping:EventSourceMapping", "index", {
          destinationConfig: { onFailure: { destinationArn: deadArn } },
        }),
      ],
    };
  }
  const send = (method: string, path: string, headers: Record<string, string>, body = "") => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const outgoing = request(`${page.url}${path}`, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
    return promise;
  };
  const json = () => ({ origin: page.url, "content-type": "application/json" });

  it("reads orders with status, workflow, cancellation request and provider records", async () => {
    await fetch(`${providers.paymentUrl}/payments/o-1/authorization`, {
      method: "PUT",
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ amount: 4990, currency: "EUR", customerId: "ann", token: tokenOf("tok_visa", "ann") }),
    });
    const { orders } = await page.state();
    expect(orders.total).to.equal(2);
    const [order] = orders.orders;
    expect(order).to.include({ orderId: "o-1" });
    expect(order?.items[0]?.contact.email).to.equal("ada@example.com");
    expect(order?.cancelRequestedAt).to.be.a("string");
    expect(order?.items.map((item) => item.status)).to.deep.equal(["PAID"]);
    expect(order?.executions[0]).to.include({ name: "o-1-1", status: "RUNNING" });
    expect(order?.executions[0]?.path).to.deep.equal(["Authorize", "Capture", "Ship"]);
    expect(order?.records.payment?.status).to.equal("authorized");
  });

  it("reads mail, text messages, dead letters, logs, Regions and limitations", async () => {
    const state = await page.state();
    expect(state.regions.regions).to.deep.equal([
      { region, stack: "dev", endpoint: miniStack.endpoint, up: true, state: "up" },
    ]);
    expect(state.messages.map((one) => [one.kind, one.to])).to.have.deep.members([
      ["mail", "ada@example.com"],
      ["sms", "+4930123456"],
    ]);
    expect(state.queues[0]).to.include({ name: "index-dead", deadLetters: true, count: 1 });
    expect(state.logs.map((line) => [line.level, line.text])).to.deep.equal([
      ["error", "Payment is down  orderId=o-1"],
    ]);
    expect(state.notEmulated.map((one) => one.why)).to.deep.equal(["Nothing is blocked.", "The edge keeps no answer."]);
  });

  it("injects and clears faults, holds parcels and sets their pace", async () => {
    const act = (action: object) => send("POST", "/actions", json(), JSON.stringify(action));
    const order = { system: "payment", operation: "capture", kind: "timeout-after", times: 3 };
    expect(await act({ action: "fault", order })).to.equal(200);
    expect(providers.controls.faults()[0]).to.include({ kind: "timeout-after", left: 3 });
    expect(await act({ action: "clear-faults" })).to.equal(200);
    expect(providers.controls.faults()).to.deep.equal([]);
    expect(await act({ action: "hold", orderId: "o-1" })).to.equal(200);
    expect(providers.controls.holds().orderIds).to.deep.equal(["o-1"]);
    expect(await act({ action: "release" })).to.equal(200);
    expect(await act({ action: "pace", pace: { shipmentStepMs: 250 } })).to.equal(200);
    expect(providers.controls.pace().shipmentStepMs).to.equal(250);
    expect(await act({ action: "fault", order: { ...order, kind: "impossible" } })).to.equal(400);
    expect(await act({ action: "explode" })).to.equal(400);
  });

  it("refuses other origins and host names", async () => {
    const body = JSON.stringify({ action: "hold" });
    expect(await send("POST", "/actions", { ...json(), origin: "http://evil.example" }, body)).to.equal(403);
    expect(await send("POST", "/actions", { origin: page.url, "content-type": "text/plain" }, body)).to.equal(403);
    expect(await send("POST", "/actions", { "content-type": "application/json" }, body)).to.equal(403);
    expect(await send("GET", "/", { host: "evil.example" })).to.equal(403);
    expect(await send("GET", "/../index.ts", {})).to.equal(404);
    expect(await send("GET", "/orders/%E0%A4%A", {})).to.equal(404);
    expect(providers.controls.holds().all).to.equal(false);
  });

  it("updates while open, and shows customers' texts as text", async () => {
    browser = await launchBrowser();
    const view = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const complaints: string[] = [];
    view.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    view.on("pageerror", (error) => complaints.push(String(error)));
    await view.goto(page.url);
    await view.getByRole("heading", { name: "The store is open" }).waitFor();
    const open = (name: string) => view.getByRole("navigation").getByRole("link", { name }).click();
    await open("Orders");
    await view.getByRole("heading", { name: "o-1" }).waitFor();
    const article = view.getByRole("article").filter({ hasText: "o-1" });
    expect(await article.textContent()).to.contain(hostile);
    expect(await view.title()).to.equal("stayopen console");
    expect(await view.locator("img").count()).to.equal(0);

    await fetch(`${providers.paymentUrl}/payments/o-1/capture`, {
      method: "PUT",
      headers: { authorization: `Bearer ${key}` },
    });
    await article.getByText("payment captured").waitFor();
    const declined = view.getByRole("article").filter({ hasText: "o-2" });
    expect(await declined.locator(".track .cancelled").textContent()).to.contain("CANCELLED");
    for (const operation of ["authorization", "void"])
      await fetch(`${providers.paymentUrl}/payments/o-2/${operation}`, {
        method: "PUT",
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ amount: 4990, currency: "EUR", customerId: "ann", token: tokenOf("tok_visa", "ann") }),
      });
    await declined
      .getByText("payment voided · Visa …4242 · declined: There is not enough money on the card.")
      .waitFor();
    await open("Store");
    await view.getByRole("button", { name: "Parcels: Hold all" }).click();
    await view.getByRole("button", { name: "Parcels: Release" }).waitFor();
    expect(providers.controls.holds().all).to.equal(true);
    await view.getByText("All parcels are held.").waitFor();
    await open("Messages");
    await view.getByText("Order o-1 is paid.").waitFor();
    await open("Logs");
    await view.getByText("Payment is down").waitFor();
    await view.getByLabel("Search log lines").fill("shipping");
    await view.getByText("No log line matches the filter.").waitFor();
    await view.getByRole("button", { name: "Clear" }).click();
    await view.getByLabel("Level").selectOption("errors");
    await view.getByText("Payment is down").waitFor();

    await open("Orders");
    await view.getByRole("link", { name: "o-1" }).click();
    await view.getByText("payment provider: capture").waitFor();
    expect(view.url()).to.equal(`${page.url}/#order/o-1`);
    await view.getByRole("link", { name: "All orders" }).click();
    await view.getByRole("link", { name: "o-1" }).waitFor();
    await view.goBack();
    await view.getByText("payment provider: capture").waitFor();
    await view.goto(`${page.url}/#order/unknown`);
    await view.getByText("No Region that answers has the order unknown.").waitFor();
    // Chromium reports the 404 itself.
    expect(complaints.splice(0).join()).to.match(/^Failed to load resource.*404.*$/);
    expect(complaints).to.deep.equal([]);
    expect(lines).to.deep.equal([]);
  });
});

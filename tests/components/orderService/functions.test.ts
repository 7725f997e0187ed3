import { expect } from "chai";
import { bundleOf, functions, type Inputs, onUsualStore, register, type Statement } from "../../kit/orderServiceStand";

describe("The functions of an OrderService", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("continues erasures every hour, with the accounts only where it is given them", async () => {
    const schedule = stand.made.named("Schedule", "orders-erase");
    expect(schedule["scheduleExpression"]).to.equal("rate(60 minutes)");
    const own = ["dynamodb:DeleteItem", "dynamodb:UpdateItem", "s3:DeleteObjectVersion", "s3:ListBucketVersions"];
    expect(stand.made.actions("eraser").flat()).to.include.members(own);
    expect(JSON.stringify(stand.made.statements("eraser"))).not.to.include("cognito-idp");
    const userPool = { id: "us-east-1_A", arn: "arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_A" };
    const directory = { name: "directory", arn: "arn:aws:dynamodb:us-east-1:1:table/directory" };
    const withAccounts = await register({ accounts: { userPool, directory } });
    const statements = withAccounts.statements("eraser");
    const on = (arn: string) =>
      statements.filter(({ Resource }) => [Resource].flat().includes(arn)).flatMap(({ Action }) => Action);
    expect(on(userPool.arn)).to.have.members(["cognito-idp:ListUsers", "cognito-idp:AdminDeleteUser"]);
    expect(on(directory.arn)).to.have.members(["dynamodb:Scan", "dynamodb:DeleteItem"]);
  });

  it("grants each function the permissions that it uses, on named resources", () => {
    const everywhere = new Set(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]);
    for (const name of functions) {
      for (const { Action, Resource } of stand.made.statements(name)) {
        if ([Resource].flat().includes("*")) {
          for (const action of [Action].flat()) expect(everywhere.has(action), `${name}: ${action}`).to.equal(true);
        }
      }
      expect(stand.made.actions(name).filter((action) => action.includes("*"))).to.deep.equal([]);
    }
    expect(stand.made.actions("submit")).to.include.members(["dynamodb:PutItem", "dynamodb:BatchGetItem"]);
    expect(stand.made.actions("read").filter((action) => /Put|Update|Delete/.test(action))).to.deep.equal([
      "logs:PutLogEvents",
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
    ]);
    expect(stand.made.actions("settle").join()).to.not.match(/states:/);
  });

  it("lets the health check access its own item only", () => {
    const touching = stand.made
      .statements("health")
      .filter(({ Action }) => [Action].flat().some((action) => action.startsWith("dynamodb:")));
    expect(touching).to.have.length(2);
    for (const { Condition } of touching) {
      expect(Condition).to.deep.equal({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["health"] } });
    }
  });

  it("stores the providers' keys as secrets that only their callers read", () => {
    const parameters = stand.made.of("Parameter");
    expect(parameters).to.have.length(4);
    for (const { inputs } of parameters) expect(inputs["type"]).to.equal("SecureString");
    const readers = (parameter: string) =>
      functions.filter((name) =>
        stand.made
          .statements(name)
          .some(({ Resource }) => [Resource ?? []].flat().some((arn) => arn.endsWith(parameter))),
      );
    expect(readers("orders-payment-api-key")).to.have.members(["authorize", "settle", "refunder"]);
    expect(readers("orders-shipping-api-key")).to.deep.equal(["ship"]);
    expect(readers("orders-payment-webhook-secret")).to.deep.equal(["webhooks"]);
    for (const { inputs } of stand.made.of("Function")) {
      const { variables } = (inputs["environment"] ?? {}) as { variables?: Record<string, string> };
      expect(Object.values(variables ?? {})).to.not.include.members(["p-key", "s-key"]);
    }
  });

  it("requires sign-in for customers' and merchandisers' routes only", () => {
    const signIn = Object.fromEntries(
      stand.made.of("Route").map(({ inputs }) => [inputs["routeKey"], inputs["authorizationType"] === "CUSTOM"]),
    );
    expect(signIn).to.deep.equal({
      "POST /api/orders": true,
      "POST /api/orders/quotes": true,
      "GET /api/orders": true,
      "GET /api/orders/{orderId}": true,
      "GET /api/orders/{orderId}/invoice": true,
      "GET /api/orders/{orderId}/refunds/{refundId}/credit-note": true,
      "POST /api/orders/{orderId}/cancel": true,
      "GET /api/orders/stock/{productId}/shares": true,
      "PUT /api/orders/stock/{productId}/deliveries/{deliveryId}": true,
      "GET /api/orders/addresses": true,
      "POST /api/orders/addresses": true,
      "DELETE /api/orders/addresses/{addressId}": true,
      "DELETE /api/orders/account": true,
      "GET /api/orders/placed": true,
      "POST /api/orders/{orderId}/refunds": true,
      "GET /api/orders/{orderId}/refunds": true,
      "POST /api/orders/webhooks/payment": false,
      "POST /api/orders/webhooks/shipping": false,
      "GET /api/orders/health": false,
      "GET /api/orders/openapi.json": false,
      $default: false,
    });
  });

  it("has one reader of each stream, which items without consequences do not invoke", () => {
    const readers = stand.made
      .of("EventSourceMapping")
      .filter(({ inputs }) => String(inputs["eventSourceArn"]).includes("/stream/"));
    expect(readers.map(({ name }) => name)).to.have.members(["orders-stream", "orders-stock-stream"]);
    readers.sort((first, second) => second.name.localeCompare(first.name));
    const [, stock] = readers.map(({ inputs }) => inputs["filterCriteria"] as { filters: { pattern: string }[] });
    expect(JSON.parse(stock!.filters[0]!.pattern).dynamodb.NewImage.kind).to.deep.equal({ S: ["share", "delivery"] });
    const { filterCriteria, ...mapping } = readers[0]!.inputs;
    expect(mapping).to.deep.include({
      startingPosition: "TRIM_HORIZON",
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
    });
    expect(mapping).to.have.property("destinationConfig");
    const { filters } = filterCriteria as { filters: { pattern: string }[] };
    expect(JSON.parse(filters[0]!.pattern)).to.deep.equal({
      eventName: ["INSERT", "MODIFY"],
      dynamodb: { NewImage: { kind: { S: ["order", "cancel", "refund"] } } },
    });
  });

  it("creates a Standard workflow that logs errors without data and may invoke its three functions only", () => {
    const machine = stand.made.named("StateMachine", "orders-workflow");
    expect(machine).to.deep.include({
      name: "store-test-orders-workflow",
      type: "STANDARD",
      tracingConfiguration: { enabled: true },
    });
    expect(machine["loggingConfiguration"]).to.include({ level: "ERROR", includeExecutionData: false });
    const policy = JSON.parse(String(stand.made.named("RolePolicy", "orders-workflow")["policy"])) as {
      Statement: Statement[];
    };
    expect(policy.Statement[0]?.Resource).to.have.length(3);
  });

  it("answers tasks of its own state machine only, by its future ARN", () => {
    const arn = "arn:aws:states:us-east-1:123456789012:stateMachine:store-test-orders-workflow";
    for (const name of ["authorize", "ship", "resume", "dispatcher"]) {
      const answering = stand.made
        .statements(name)
        .find(({ Action }) => [Action].flat().some((action) => action.startsWith("states:SendTask")));
      expect(answering?.Resource, name).to.deep.equal([arn]);
    }
  });

  it("lets webhooks invoke their two workers, and read no table", () => {
    const calling = stand.made
      .statements("webhooks")
      .filter(({ Action }) => [Action].flat().includes("lambda:InvokeFunction"));
    const workers = ["orders-resume-function", "orders-ship-function"];
    expect(calling.flatMap(({ Resource }) => Resource)).to.deep.equal(
      workers.map((worker) => `arn:aws:lambda:us-east-1:123456789012:${worker}`),
    );
    const own = stand.made.actions("webhooks").filter((action) => !/^(logs|xray|ssm):/.test(action));
    expect(new Set(own)).to.deep.equal(new Set(["lambda:InvokeFunction"]));
  });

  it("sends failed webhook events to a dead-letter queue with an alarm", () => {
    for (const worker of ["resume", "ship"]) {
      expect(stand.made.named("Function", `orders-${worker}-function`)["deadLetterConfig"]).to.deep.equal({
        targetArn: "arn:aws:sqs:us-east-1:123456789012:orders-webhooks-failed",
      });
      expect(stand.made.actions(worker)).to.include("sqs:SendMessage");
      expect(stand.made.named("FunctionEventInvokeConfig", `orders-${worker}-calls`)).to.include({
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: 3_600,
      });
    }
  });

  it("grants the takeover to read open orders and write own items, and does not retry a call", () => {
    const actions = stand.made.actions("takeover").filter((action) => action.startsWith("dynamodb:"));
    expect([...new Set(actions)].sort()).to.deep.equal(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]);
    expect(stand.made.named("FunctionEventInvokeConfig", "orders-takeover-calls")).to.include({
      maximumRetryAttempts: 0,
    });
  });

  it("asks a function of the store's own between Authorize and Capture", async () => {
    const arn = "arn:aws:lambda:us-east-1:123456789012:function:fraud";
    const { named, statements } = await register({ review: { function: { arn }, undecided: "accept" } });
    const { States } = JSON.parse(String(named("StateMachine", "orders-workflow")["definition"]));
    expect(States.Authorize.Next).to.equal("Review");
    expect(States.Review.Arguments.FunctionName).to.match(/orders-review-function$/);
    const invoked = named("RolePolicy", "orders-workflow")["policy"];
    expect(String(invoked)).to.contain("orders-review-function");
    const asked = statements("review").filter(({ Resource }) => [Resource].flat().includes(arn));
    expect(asked.flatMap(({ Action }) => Action)).to.deep.equal(["lambda:InvokeFunction"]);
    const { variables } = named("Function", "orders-review-function")["environment"] as { variables: Inputs };
    expect(variables["REVIEW_FUNCTION"]).to.equal(arn);
    expect(JSON.parse(String(variables["REVIEW"]))).to.deep.equal({
      ...{ timeoutMs: 5_000, limitSeconds: 600, undecided: "accept" },
    });
  });

  it("bundles a check that is written as a callback", async () => {
    const { named } = await register({
      review: {
        callbackFactory: () => (order) => ({ decision: order.total.amount > 1_000_000 ? "review" : "accept" }),
        environment: { SCORES: "scores-table" },
      },
    });
    const fn = named("Function", "orders-review-function");
    expect((fn["environment"] as { variables: Inputs }).variables).to.include({ SCORES: "scores-table" });
    expect(await bundleOf(fn)).to.match(/1e6|1000000/);
  });

  it("bundles functions of shipping methods and taxes into the function that takes orders alone", async () => {
    const { of } = await register({
      shippingMethods: [
        { id: "own", name: "Own Carrier", price: ({ address }) => (address.country === "DE" ? 4_321 : undefined) },
      ],
      tax: { pricesIncludeTax: true, rates: [{ name: "Own Tax", percent: ({ category }) => (category ? 8.8757 : 0) }] },
    });
    const bundles = of("Function").map(async ({ name, inputs }) => [name, await bundleOf(inputs)] as const);
    const having = (await Promise.all(bundles)).filter(([, text]) => text.includes("Own Carrier"));
    expect(having.map(([name]) => name)).to.deep.equal(["orders-submit-function"]);
    expect(having[0]?.[1])
      .to.match(/4_?321/)
      .and.contain("Own Tax")
      .and.contain("8.8757");
  });

  it("accepts a longest retry wait above the first one", async () => {
    const { named } = await register({ waits: { retries: { firstSeconds: 120 } } });
    const { States } = JSON.parse(String(named("StateMachine", "orders-workflow")["definition"]));
    expect(States.Void.Retry[0]).to.include({ IntervalSeconds: 120, MaxDelaySeconds: 121 });
  });
});

import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { APIGatewayProxyEventV2, DynamoDBStreamEvent } from "aws-lambda";
import { READ_ALIAS } from "../../domain/catalogue/searchIndex";
import { HttpApi } from "../httpApi";
import { allow, type Grant, InlineFunction, reference, stream } from "../inlineFunction";
import { transformed } from "../inlineFunction/args";
import { alarmsFor } from "./alarms";
import type { SearchServiceArgs } from "./args";
import { awsClientConfig } from "./awsClient";
import { deadLetterQueue } from "./deadLetters";
import { indexerOf } from "./indexer";
import { openSearchClient } from "./openSearch";
import { readApiOf, type SignedInRequest, writeApiOf } from "./productApi";
import { ProductIndices } from "./productIndices";
import { ProductStore } from "./productStore";
import { type RebuildRequest, rebuilderOf } from "./rebuild";
import { rebuildDefinition } from "./rebuildWorkflow";
import { searchApiOf } from "./searchApi";
import { type Engine, engineFor, letIn } from "./searchDomain";

/** A batch of the stream is given up on (and repeated) after this; a rebuild waits longer before it deletes an index. */
const INDEXER_TIMEOUT_SECONDS = 30;

/**
 * Product search and the catalogue behind it: a product table, whose stream keeps an OpenSearch index up to date, and
 * an HTTP API to search without signing in and to change products as a merchandiser.
 *
 * The table is the truth, the index is derived from it: `rebuild` makes a new one beside the old while searches and
 * changes go on.
 *
 * Cost: the OpenSearch domain by the hour (a `t3.small.search` node and its volume), all else by use.
 *
 * @example
 * const search = new SearchService("search", { auth, domain: { instanceType: "r7g.large.search", instanceCount: 2 } });
 * const orders = new OrderService("orders", { auth, catalogue: search.products, … });
 * export const url = search.url;
 */
export class SearchService extends pulumi.ComponentResource {
  /** Address of the API, without a trailing slash; its paths begin with `/api/catalogue`. */
  public readonly url: pulumi.Output<string>;
  /** The product table, for whoever reads prices. Only this service writes it. */
  public readonly products: { tableName: pulumi.Output<string>; tableArn: pulumi.Output<string> };
  /** The state machine that rebuilds the index; it takes no input. */
  public readonly rebuild: { stateMachineArn: pulumi.Output<string> };
  /** Where products are that can't be indexed, with the reason, and stream batches that were given up. */
  public readonly deadLetters: { queueUrl: pulumi.Output<string>; queueArn: pulumi.Output<string> };
  /** CloudWatch alarms that need somebody's attention. */
  public readonly alarms: aws.cloudwatch.MetricAlarm[];

  private readonly table: aws.dynamodb.Table;
  private readonly queue: aws.sqs.Queue;
  private readonly engine: Engine;
  private readonly api: HttpApi;
  private readonly functions: Record<"search" | "read" | "write" | "index" | "rebuild", InlineFunction>;
  private readonly stateMachine: aws.sfn.StateMachine;

  constructor(name: string, args: SearchServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("stayopen:index:SearchService", name, {}, opts);
    checkArgs(name, args);

    this.table = this.addTable(name, args);
    this.queue = this.addDeadLetters(name, args);
    this.engine = engineFor(name, args, this);
    this.functions = {
      search: this.addSearch(name, args),
      read: this.addRead(name, args),
      write: this.addWrite(name, args),
      index: this.addIndexer(name, args),
      rebuild: this.addRebuilder(name, args),
    };
    if (this.engine.domain) {
      const { search, index, rebuild } = this.functions;
      letIn(name, this.engine.domain, [search.role, index.role, rebuild.role], this);
    }
    this.connectStream(name, args);
    this.stateMachine = this.addRebuildWorkflow(name);
    this.api = this.addApi(name, args);
    this.alarms = alarmsFor(
      name,
      { indexer: this.functions.index, deadLetters: this.queue, rebuild: this.stateMachine },
      args.alarmTopics ?? [],
      this,
    );

    this.url = this.api.url;
    this.products = { tableName: this.table.name, tableArn: this.table.arn };
    this.rebuild = { stateMachineArn: this.stateMachine.arn };
    this.deadLetters = { queueUrl: this.queue.url, queueArn: this.queue.arn };
    this.registerOutputs({
      url: this.url,
      products: this.products,
      rebuild: this.rebuild,
      deadLetters: this.deadLetters,
    });
  }

  /** The raw resources inside, for what the arguments do not cover. */
  public get nodes() {
    const { table, queue: deadLetters, api, functions, stateMachine } = this;
    return { table, deadLetters, domain: this.engine.domain, api, functions, stateMachine };
  }

  private addTable(name: string, args: SearchServiceArgs): aws.dynamodb.Table {
    const protect = args.protectData ?? true;
    return new aws.dynamodb.Table(
      `${name}-products`,
      transformed<aws.dynamodb.TableArgs>(
        {
          attributes: [{ name: "productId", type: "S" }],
          hashKey: "productId",
          billingMode: "PAY_PER_REQUEST",
          streamEnabled: true,
          streamViewType: "NEW_AND_OLD_IMAGES",
          pointInTimeRecovery: { enabled: true },
          deletionProtectionEnabled: protect,
        },
        args.transform?.table,
      ),
      { parent: this, protect, retainOnDelete: protect },
    );
  }

  private addDeadLetters(name: string, args: SearchServiceArgs): aws.sqs.Queue {
    return new aws.sqs.Queue(
      `${name}-dead-letters`,
      transformed<aws.sqs.QueueArgs>(
        { messageRetentionSeconds: 14 * 24 * 3_600, sqsManagedSseEnabled: true },
        args.transform?.deadLetters,
      ),
      { parent: this },
    );
  }

  private addSearch(name: string, { logRetentionDays }: SearchServiceArgs): InlineFunction {
    // A search is a POST to one path; this function can read and write nothing else.
    const searchOnly: Grant = {
      actions: ["es:ESHttpPost"],
      resources: [pulumi.interpolate`${this.engine.arn}/${READ_ALIAS}/_search`],
    };
    return new InlineFunction(
      `${name}-search`,
      {
        description: "Searches products, suggests them, and says whether it can.",
        environment: { OPENSEARCH_ENDPOINT: this.engine.endpoint },
        grants: [searchOnly],
        memoryMb: 1_024,
        logRetentionDays,
        callbackFactory: () => {
          const { OPENSEARCH_ENDPOINT: endpoint = "", AWS_REGION: region = "" } = process.env;
          const log = new Logger({ serviceName: "search" });
          const answer = searchApiOf({
            client: openSearchClient({ endpoint, region, requestTimeoutMs: 4_000 }),
            region,
            log,
          });
          return (event: APIGatewayProxyEventV2) => answer(event);
        },
      },
      { parent: this },
    );
  }

  private addRead(name: string, { logRetentionDays }: SearchServiceArgs): InlineFunction {
    return new InlineFunction(
      `${name}-read`,
      {
        description: "Shows one product.",
        environment: { PRODUCTS_TABLE: this.table.name },
        grants: [allow(this.table, "dynamodb:GetItem")],
        logRetentionDays,
        callbackFactory: () => {
          const { PRODUCTS_TABLE: table = "", AWS_REGION: region = "" } = process.env;
          const client = DynamoDBDocumentClient.from(new DynamoDBClient(awsClientConfig));
          const answer = readApiOf(
            new ProductStore({ client, table, region }),
            new Logger({ serviceName: "catalogue" }),
          );
          return (event: APIGatewayProxyEventV2) => answer(event);
        },
      },
      { parent: this },
    );
  }

  private addWrite(name: string, { logRetentionDays }: SearchServiceArgs): InlineFunction {
    return new InlineFunction(
      `${name}-write`,
      {
        description: "Creates, changes and deletes products for merchandisers.",
        environment: { PRODUCTS_TABLE: this.table.name },
        grants: [allow(this.table, "dynamodb:GetItem", "dynamodb:PutItem")],
        logRetentionDays,
        callbackFactory: () => {
          const { PRODUCTS_TABLE: table = "", AWS_REGION: region = "" } = process.env;
          const client = DynamoDBDocumentClient.from(new DynamoDBClient(awsClientConfig));
          const answer = writeApiOf(
            new ProductStore({ client, table, region }),
            new Logger({ serviceName: "catalogue" }),
          );
          return (event: SignedInRequest) => answer(event);
        },
      },
      { parent: this },
    );
  }

  private addIndexer(name: string, { logRetentionDays }: SearchServiceArgs): InlineFunction {
    return new InlineFunction(
      `${name}-indexer`,
      {
        description: "Brings changed products into the search index.",
        environment: {
          OPENSEARCH_ENDPOINT: this.engine.endpoint,
          INDEX_REPLICAS: String(this.engine.replicas),
          DEAD_LETTERS_URL: this.queue.url,
        },
        grants: [
          allow(reference("es:domain", this.engine.arn), "es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut"),
          allow(
            stream(this.table),
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
          ),
          allow(this.queue, "sqs:SendMessage"),
        ],
        timeoutSeconds: INDEXER_TIMEOUT_SECONDS,
        memoryMb: 1_024,
        logRetentionDays,
        callbackFactory: () => {
          const { OPENSEARCH_ENDPOINT: endpoint = "", AWS_REGION: region = "" } = process.env;
          const client = openSearchClient({ endpoint, region, requestTimeoutMs: 5_000 });
          const metrics = new Metrics({ namespace: "stayopen", serviceName: "search" });
          const index = indexerOf({
            client,
            indices: new ProductIndices(client, Number(process.env.INDEX_REPLICAS)),
            deadLetters: deadLetterQueue(new SQSClient(awsClientConfig), process.env.DEAD_LETTERS_URL ?? ""),
            log: new Logger({ serviceName: "search" }),
            count: ({ indexed, deadLetters, postponed }) => {
              metrics.addMetric("ProductsIndexed", MetricUnit.Count, indexed);
              metrics.addMetric("ProductsDeadLettered", MetricUnit.Count, deadLetters);
              metrics.addMetric("ProductsPostponed", MetricUnit.Count, postponed);
              metrics.publishStoredMetrics();
            },
          });
          return (event: DynamoDBStreamEvent) => index(event);
        },
      },
      { parent: this },
    );
  }

  private addRebuilder(name: string, { logRetentionDays }: SearchServiceArgs): InlineFunction {
    return new InlineFunction(
      `${name}-rebuilder`,
      {
        description: "Performs the steps of rebuilding the search index.",
        environment: {
          OPENSEARCH_ENDPOINT: this.engine.endpoint,
          INDEX_REPLICAS: String(this.engine.replicas),
          DEAD_LETTERS_URL: this.queue.url,
          PRODUCTS_TABLE: this.table.name,
        },
        grants: [
          allow(
            reference("es:domain", this.engine.arn),
            "es:ESHttpGet",
            "es:ESHttpPost",
            "es:ESHttpPut",
            "es:ESHttpDelete",
          ),
          allow(this.table, "dynamodb:Scan"),
          allow(this.queue, "sqs:SendMessage"),
        ],
        // A step hands over after five minutes; what remains is for the page that it is at.
        timeoutSeconds: 480,
        memoryMb: 1_024,
        logRetentionDays,
        callbackFactory: () => {
          const { OPENSEARCH_ENDPOINT: endpoint = "", AWS_REGION: region = "" } = process.env;
          const client = openSearchClient({ endpoint, region, requestTimeoutMs: 30_000 });
          const rebuild = rebuilderOf({
            client,
            indices: new ProductIndices(client, Number(process.env.INDEX_REPLICAS)),
            table: {
              name: process.env.PRODUCTS_TABLE ?? "",
              client: DynamoDBDocumentClient.from(new DynamoDBClient(awsClientConfig)),
            },
            deadLetters: deadLetterQueue(new SQSClient(awsClientConfig), process.env.DEAD_LETTERS_URL ?? ""),
            log: new Logger({ serviceName: "search" }),
            fillForMs: 300_000,
          });
          return (request: RebuildRequest) => rebuild(request);
        },
      },
      { parent: this },
    );
  }

  private connectStream(name: string, { indexingPatienceHours = 23 }: SearchServiceArgs): void {
    new aws.lambda.EventSourceMapping(
      `${name}-indexer`,
      {
        eventSourceArn: this.table.streamArn,
        functionName: this.functions.index.arn,
        startingPosition: "TRIM_HORIZON",
        batchSize: 250,
        functionResponseTypes: ["ReportBatchItemFailures"],
        // For what the function can't catch, such as running out of memory over one record.
        bisectBatchOnFunctionError: true,
        // While the domain is away every record waits; a number of attempts would be used up in minutes.
        maximumRetryAttempts: -1,
        maximumRecordAgeInSeconds: indexingPatienceHours * 3_600,
        destinationConfig: { onFailure: { destinationArn: this.queue.arn } },
      },
      // Lambda checks at once whether the role may read the stream and send to the queue.
      { parent: this, dependsOn: [this.functions.index] },
    );
  }

  private addRebuildWorkflow(name: string): aws.sfn.StateMachine {
    const { rebuild } = this.functions;
    const role = new aws.iam.Role(
      `${name}-rebuild`,
      {
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-rebuild`,
      {
        role: role.id,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: rebuild.arn }],
        }),
      },
      { parent: this },
    );
    return new aws.sfn.StateMachine(
      `${name}-rebuild`,
      {
        type: "STANDARD",
        roleArn: role.arn,
        definition: rebuild.arn.apply((functionArn) =>
          JSON.stringify(rebuildDefinition({ functionArn, waitBeforeCleaningSeconds: INDEXER_TIMEOUT_SECONDS + 5 })),
        ),
      },
      { parent: this, dependsOn: [policy] },
    );
  }

  private addApi(name: string, { auth, throttle }: SearchServiceArgs): HttpApi {
    const { search, read, write } = this.functions;
    return new HttpApi(
      name,
      {
        description: "Product search and catalogue.",
        throttle,
        routes: {
          "GET /api/catalogue/search": { function: search },
          "GET /api/catalogue/suggest": { function: search },
          "GET /api/catalogue/health": { function: search },
          "GET /api/catalogue/openapi.json": { function: read },
          "GET /api/catalogue/products/{productId}": { function: read },
          "PUT /api/catalogue/products/{productId}": { function: write, auth },
          "DELETE /api/catalogue/products/{productId}": { function: write, auth },
        },
      },
      { parent: this },
    );
  }
}

function checkArgs(name: string, args: SearchServiceArgs): void {
  if (args.domain && args.existingDomain) {
    throw new pulumi.RunError(
      `SearchService "${name}": only one of \`domain\` and \`existingDomain\` can be given. Leave out \`domain\` to use the one that exists.`,
    );
  }
  const hours = args.indexingPatienceHours;
  if (hours !== undefined && !(hours >= 1 && hours <= 24)) {
    throw new pulumi.RunError(
      `SearchService "${name}": \`indexingPatienceHours\` is ${hours}. Give 1 to 24: the stream keeps records for a day.`,
    );
  }
}

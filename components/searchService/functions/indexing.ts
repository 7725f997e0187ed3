import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { rebuildIndexWorkflow } from "../../../workflows/rebuildIndex";
import { countingInto, metricsNamespace } from "../../infrastructure/metricsNamespace";
import { accountIdOf, createServiceRole } from "../../infrastructure/serviceRole";
import { allow, InlineFunction, reference, stream } from "../../inlineFunction";
import { STATE_MACHINE_LOGS_AND_TRACES } from "../../inlineFunction/actions";
import { transformed } from "../../inlineFunction/args";
import { physicalName } from "../../inlineFunction/physicalName";
import { traced } from "../../runtime/tracing";
import type { SearchServiceArgs } from "../args";
import { awsClientConfig } from "../handlers/awsClient";
import { createDeadLetters } from "../handlers/deadLetters";
import { createIndexer } from "../handlers/indexer";
import { openSearchClient } from "../handlers/openSearch";
import { ProductIndices } from "../handlers/productIndices";
import { createRebuild, type RebuildRequest } from "../handlers/rebuild";
import type { ProductData } from "../resources/productTable";
import type { Engine } from "../resources/searchDomain";

/** A batch of the stream is given up on (and repeated) after this; a rebuild waits longer before it deletes an index. */
const INDEXER_TIMEOUT_SECONDS = 30;

/** What comes into the index, where the index is, and where goes what can't be indexed. */
export interface IndexContext {
  products: ProductData;
  engine: Engine;
  deadLetters: aws.sqs.Queue;
}

/** The functions that keep the index up to date with the table's stream, and that make it anew. */
export function createIndexFunctions(
  name: string,
  args: SearchServiceArgs,
  indexed: IndexContext,
  parent: pulumi.Resource,
) {
  return {
    index: indexerFunction(name, args, indexed, parent),
    rebuild: rebuilderFunction(name, args, indexed, parent),
  };
}

/** Sets the functions to work. */
export function indexing(
  name: string,
  args: SearchServiceArgs,
  indexed: IndexContext,
  { index, rebuild }: ReturnType<typeof createIndexFunctions>,
  options: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): aws.sfn.StateMachine {
  connectStream(name, args, indexed, index, options);
  return rebuildStateMachine(name, args, rebuild, options);
}

export function deadLettersOf(name: string, args: SearchServiceArgs, parent: pulumi.Resource): aws.sqs.Queue {
  return new aws.sqs.Queue(
    `${name}-dead-letters`,
    transformed<aws.sqs.QueueArgs>(
      { messageRetentionSeconds: 14 * 24 * 3_600, sqsManagedSseEnabled: true },
      args.transform?.deadLetters,
    ),
    { parent },
  );
}

function indexerFunction(
  name: string,
  { logRetentionDays, metricsNamespace: namespace = metricsNamespace() }: SearchServiceArgs,
  { products, engine, deadLetters }: IndexContext,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-indexer`,
    {
      description: "Brings changed products into the search index.",
      environment: {
        OPENSEARCH_ENDPOINT: engine.endpoint,
        INDEX_REPLICAS: String(engine.replicas),
        DEAD_LETTERS_URL: deadLetters.url,
        ...countingInto(namespace),
      },
      grants: [
        engine.rights.index,
        allow(
          stream(reference("dynamodb:stream", products.streamArn)),
          "dynamodb:DescribeStream",
          "dynamodb:GetRecords",
          "dynamodb:GetShardIterator",
          "dynamodb:ListStreams",
        ),
        allow(deadLetters, "sqs:SendMessage"),
      ],
      timeoutSeconds: INDEXER_TIMEOUT_SECONDS,
      memoryMb: 1_024,
      logRetentionDays,
      callbackFactory: () => {
        const { OPENSEARCH_ENDPOINT: endpoint = "", AWS_REGION: region = "" } = process.env;
        const client = openSearchClient({ endpoint, region, requestTimeoutMs: 5_000 });
        const metrics = new Metrics({ serviceName: "search" });
        const index = createIndexer({
          client,
          indices: new ProductIndices(client, Number(process.env.INDEX_REPLICAS)),
          deadLetters: createDeadLetters(traced(new SQSClient(awsClientConfig)), process.env.DEAD_LETTERS_URL ?? ""),
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
    { parent },
  );
}

function connectStream(
  name: string,
  { indexingPatienceHours = 23 }: SearchServiceArgs,
  { products, deadLetters }: IndexContext,
  indexer: InlineFunction,
  { parent, dependsOn }: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): void {
  new aws.lambda.EventSourceMapping(
    `${name}-indexer`,
    {
      eventSourceArn: products.streamArn,
      functionName: indexer.arn,
      startingPosition: "TRIM_HORIZON",
      batchSize: 250,
      functionResponseTypes: ["ReportBatchItemFailures"],
      // For what the function can't catch, such as running out of memory over one record.
      bisectBatchOnFunctionError: true,
      // While the domain is away every record waits; a number of attempts would be used up in minutes.
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: indexingPatienceHours * 3_600,
      destinationConfig: { onFailure: { destinationArn: deadLetters.arn } },
    },
    // Lambda checks at once whether the role may read the stream and send to the queue.
    { parent, dependsOn: [indexer, ...dependsOn] },
  );
}

function rebuilderFunction(
  name: string,
  { logRetentionDays }: SearchServiceArgs,
  { products, engine, deadLetters }: IndexContext,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-rebuilder`,
    {
      description: "Performs the steps of rebuilding the search index.",
      environment: {
        OPENSEARCH_ENDPOINT: engine.endpoint,
        INDEX_REPLICAS: String(engine.replicas),
        DEAD_LETTERS_URL: deadLetters.url,
        PRODUCTS_TABLE: products.name,
      },
      grants: [
        engine.rights.rebuild,
        allow(reference("dynamodb:table", products.arn), "dynamodb:Scan"),
        allow(deadLetters, "sqs:SendMessage"),
      ],
      // A step hands over after five minutes; what remains is for the page that it is at.
      timeoutSeconds: 480,
      memoryMb: 1_024,
      logRetentionDays,
      callbackFactory: () => {
        const { OPENSEARCH_ENDPOINT: endpoint = "", AWS_REGION: region = "" } = process.env;
        const client = openSearchClient({ endpoint, region, requestTimeoutMs: 30_000 });
        const rebuild = createRebuild({
          client,
          indices: new ProductIndices(client, Number(process.env.INDEX_REPLICAS)),
          table: {
            name: process.env.PRODUCTS_TABLE ?? "",
            client: DynamoDBDocumentClient.from(traced(new DynamoDBClient(awsClientConfig))),
          },
          deadLetters: createDeadLetters(traced(new SQSClient(awsClientConfig)), process.env.DEAD_LETTERS_URL ?? ""),
          log: new Logger({ serviceName: "search" }),
          fillForMs: 300_000,
        });
        return (request: RebuildRequest) => rebuild(request);
      },
    },
    { parent },
  );
}

function rebuildStateMachine(
  name: string,
  { logRetentionDays = 30 }: SearchServiceArgs,
  rebuild: InlineFunction,
  { parent, dependsOn }: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): aws.sfn.StateMachine {
  const logs = new aws.cloudwatch.LogGroup(
    `${name}-rebuild`,
    {
      // Under /aws/vendedlogs/ it does not eat into the size limit of the account's log resource policy.
      name: `/aws/vendedlogs/states/${physicalName(pulumi.getProject(), pulumi.getStack(), `${name}-rebuild`)}`,
      retentionInDays: logRetentionDays,
    },
    { parent },
  );
  const { role, policy } = createServiceRole(
    `${name}-rebuild`,
    "states.amazonaws.com",
    accountIdOf(parent),
    [
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: rebuild.arn },
      // AWS offers no resource for the delivery of vended logs, nor for traces.
      { Effect: "Allow", Action: STATE_MACHINE_LOGS_AND_TRACES, Resource: "*" },
    ],
    parent,
  );
  return new aws.sfn.StateMachine(
    `${name}-rebuild`,
    {
      type: "STANDARD",
      roleArn: role.arn,
      definition: rebuild.arn.apply((functionArn) =>
        JSON.stringify(rebuildIndexWorkflow({ functionArn, waitBeforeCleaningSeconds: INDEXER_TIMEOUT_SECONDS + 5 })),
      ),
      loggingConfiguration: {
        level: "ERROR",
        includeExecutionData: false,
        logDestination: pulumi.interpolate`${logs.arn}:*`,
      },
      tracingConfiguration: { enabled: true },
    },
    { parent, dependsOn: [policy, ...dependsOn] },
  );
}

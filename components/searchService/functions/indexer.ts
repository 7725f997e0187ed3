import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { SQSClient } from "@aws-sdk/client-sqs";
import type * as pulumi from "@pulumi/pulumi";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { settingsOf } from "../../infrastructure/functionSettings";
import { countingInto, metricsNamespace } from "../../infrastructure/metricsNamespace";
import { allow, InlineFunction, reference, stream } from "../../inlineFunction";
import { traced } from "../../runtime/tracing";
import type { SearchServiceArgs } from "../args";
import { clientLimits } from "../handlers/clients";
import { createDeadLetters } from "../handlers/deadLetters";
import { createIndexer } from "../handlers/indexer";
import { openSearchClient } from "../handlers/openSearch";
import { ProductIndices } from "../handlers/productIndices";
import { INDEXER_TIMEOUT_SECONDS, type IndexContext } from "../resources/indexStream";
import type { SEARCH_FUNCTIONS } from "../searchFunctions";

/** The function that indexes each batch of the product table's stream. */
export function createIndexerFunction(
  name: string,
  args: SearchServiceArgs,
  { products, engine, deadLetters }: IndexContext,
  parent: pulumi.Resource,
): InlineFunction {
  const { metricsNamespace: namespace = metricsNamespace() } = args;
  return new InlineFunction(
    `${name}-indexer`,
    {
      description: "Indexes changed products.",
      environment: {
        OPENSEARCH_ENDPOINT: engine.endpoint,
        INDEX_REPLICAS: String(engine.replicas),
        DEAD_LETTERS_URL: deadLetters.url,
        ...countingInto(namespace),
      },
      grants: [
        engine.rights.indexer,
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
      ...settingsOf<typeof SEARCH_FUNCTIONS>(args, "indexer"),
      callbackFactory: () => {
        const { OPENSEARCH_ENDPOINT: endpoint = "", AWS_REGION: region = "" } = process.env;
        const client = openSearchClient({ endpoint, region, requestTimeoutMs: 5_000 });
        const metrics = new Metrics({ serviceName: "search" });
        const index = createIndexer({
          client,
          indices: new ProductIndices(client, Number(process.env.INDEX_REPLICAS)),
          deadLetters: createDeadLetters(traced(new SQSClient(clientLimits)), process.env.DEAD_LETTERS_URL ?? ""),
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

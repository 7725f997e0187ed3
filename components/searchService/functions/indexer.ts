import { SQSClient } from "@aws-sdk/client-sqs";
import type * as pulumi from "@pulumi/pulumi";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { toSearchText } from "../../../domain/catalogue/search/searchText";
import { settingsOf } from "../../infrastructure/functionSettings";
import { countingInto, metricsNamespace } from "../../infrastructure/metricsNamespace";
import { allowStreamReading } from "../../infrastructure/streamReader";
import { InlineFunction } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { metricEmitter } from "../../runtime/metrics";
import { traced } from "../../runtime/tracing";
import type { SearchServiceArgs } from "../args";
import { clientLimits } from "../handlers/clients";
import { createStockReader } from "../handlers/environment";
import { createDeadLetters } from "../handlers/index/deadLetters";
import { openSearchClient } from "../handlers/index/indexClient";
import { createIndexer } from "../handlers/index/indexer";
import { ProductIndices } from "../handlers/index/productIndices";
import { createStockIndexer, isOfStock } from "../handlers/index/stockIndexer";
import { INDEXER_TIMEOUT_SECONDS, type IndexContext } from "../resources/indexStream";
import { readingStock, stockSettings } from "../resources/stock";
import type { SEARCH_FUNCTIONS } from "../searchFunctions";

/** The function that indexes each batch of the product table's stream, and what shoppers see of the stock table's. */
export function createIndexerFunction(
  name: string,
  args: SearchServiceArgs,
  { products, engine, deadLetters }: IndexContext,
  parent: pulumi.Resource,
): InlineFunction {
  const { metricsNamespace: namespace = metricsNamespace() } = args;
  const text = toSearchText(args);
  return new InlineFunction(
    `${name}-indexer`,
    {
      description: "Indexes changed products and their stock.",
      environment: {
        OPENSEARCH_ENDPOINT: engine.endpoint,
        INDEX_REPLICAS: String(engine.replicas),
        DEAD_LETTERS_URL: deadLetters.url,
        ...stockSettings(args),
        ...countingInto(namespace),
      },
      grants: [
        engine.rights.indexer,
        ...allowStreamReading(deadLetters, products.streamArn, ...(args.stock ? [args.stock.streamArn] : [])),
        ...readingStock(args.stock),
      ],
      timeoutSeconds: INDEXER_TIMEOUT_SECONDS,
      memoryMb: 1_024,
      ...settingsOf<typeof SEARCH_FUNCTIONS>(args, "indexer"),
      callbackFactory: () => {
        const { OPENSEARCH_ENDPOINT: endpoint = "", AWS_REGION: region = "" } = process.env;
        const client = openSearchClient({ endpoint, region, requestTimeoutMs: 5_000 });
        const emit = metricEmitter("search");
        const indices = new ProductIndices(client, Number(process.env.INDEX_REPLICAS), text);
        const log = createLogger("search");
        const shownStock = createStockReader();
        const indexStock = shownStock && createStockIndexer({ client, indices, stock: shownStock, log });
        const index = createIndexer({
          client,
          indices,
          stock: shownStock,
          deadLetters: createDeadLetters(traced(new SQSClient(clientLimits)), process.env.DEAD_LETTERS_URL ?? ""),
          log,
          count: ({ indexed, deadLetters, postponed }) =>
            emit({ ProductsIndexed: indexed, ProductsDeadLettered: deadLetters, ProductsPostponed: postponed }),
        });
        return (event: DynamoDBStreamEvent) => (indexStock && isOfStock(event) ? indexStock(event) : index(event));
      },
    },
    { parent },
  );
}

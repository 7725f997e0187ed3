import { SQSClient } from "@aws-sdk/client-sqs";
import type * as pulumi from "@pulumi/pulumi";
import { toSearchText } from "../../../domain/catalogue/search/searchText";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { traced } from "../../runtime/tracing";
import type { SearchServiceArgs } from "../args";
import { clientLimits, documentClient } from "../handlers/clients";
import { createStockReader } from "../handlers/environment";
import { createDeadLetters } from "../handlers/index/deadLetters";
import { openSearchClient } from "../handlers/index/indexClient";
import { ProductIndices } from "../handlers/index/productIndices";
import { createRebuild, type RebuildRequest } from "../handlers/index/rebuild";
import type { IndexContext } from "../resources/indexStream";
import { readingStock, stockSettings } from "../resources/stock";
import type { SEARCH_FUNCTIONS } from "../searchFunctions";

/** The function that performs the steps of a rebuild; the state machine calls it. */
export function createRebuildFunction(
  name: string,
  args: SearchServiceArgs,
  { products, engine, deadLetters }: IndexContext,
  parent: pulumi.Resource,
): InlineFunction {
  const text = toSearchText(args);
  return new InlineFunction(
    `${name}-rebuilder`,
    {
      description: "Performs the steps of rebuilding the search index.",
      environment: {
        OPENSEARCH_ENDPOINT: engine.endpoint,
        INDEX_REPLICAS: String(engine.replicas),
        DEAD_LETTERS_URL: deadLetters.url,
        PRODUCTS_TABLE: products.name,
        ...stockSettings(args),
      },
      grants: [
        engine.rights.rebuild,
        allow(reference("dynamodb:table", products.arn), "dynamodb:Scan"),
        ...readingStock(args.stock),
        allow(deadLetters, "sqs:SendMessage"),
      ],
      // A `fill` step stops reading after five minutes; the rest is for the page in progress.
      timeoutSeconds: 480,
      memoryMb: 1_024,
      ...settingsOf<typeof SEARCH_FUNCTIONS>(args, "rebuild"),
      callbackFactory: () => {
        const { OPENSEARCH_ENDPOINT: endpoint = "", AWS_REGION: region = "" } = process.env;
        const client = openSearchClient({ endpoint, region, requestTimeoutMs: 30_000 });
        const rebuild = createRebuild({
          client,
          indices: new ProductIndices(client, Number(process.env.INDEX_REPLICAS), text),
          table: {
            name: process.env.PRODUCTS_TABLE ?? "",
            client: documentClient(),
          },
          deadLetters: createDeadLetters(traced(new SQSClient(clientLimits)), process.env.DEAD_LETTERS_URL ?? ""),
          stock: createStockReader(),
          log: createLogger("search"),
          fillForMs: 300_000,
        });
        return (request: RebuildRequest) => rebuild(request);
      },
    },
    { parent },
  );
}

import type * as pulumi from "@pulumi/pulumi";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { SearchServiceArgs } from "../args";
import { createSearchApi } from "../handlers/api/searchApi";
import { documentClient } from "../handlers/clients";
import { openSearcher } from "../handlers/index/openSearch";
import { createRulesReader } from "../handlers/rulesStore";
import type { ProductData } from "../resources/productTable";
import type { Engine } from "../resources/searchDomain";
import type { SEARCH_FUNCTIONS } from "../searchFunctions";

/** The function behind search, suggestions and the health check. Its role may only search, and read merchandisers' rules. */
export function createSearchFunction(
  name: string,
  args: SearchServiceArgs,
  engine: Engine,
  products: ProductData,
  parent: pulumi.Resource,
): InlineFunction {
  const { language } = args;
  return new InlineFunction(
    `${name}-search`,
    {
      description: "Searches and suggests products, and answers the health check.",
      environment: { OPENSEARCH_ENDPOINT: engine.endpoint, PRODUCTS_TABLE: products.name },
      grants: [engine.rights.search, allow(reference("dynamodb:table", products.arn), "dynamodb:GetItem")],
      memoryMb: 1_024,
      ...settingsOf<typeof SEARCH_FUNCTIONS>(args, "search"),
      callbackFactory: () => {
        const { OPENSEARCH_ENDPOINT: endpoint = "", PRODUCTS_TABLE: table = "", AWS_REGION: region = "" } = process.env;
        const log = createLogger("search");
        const answer = createSearchApi({
          client: openSearcher({ endpoint, region, requestTimeoutMs: 4_000 }),
          region,
          log,
          language,
          rules: createRulesReader({ client: documentClient(), table }, log),
        });
        return (event: APIGatewayProxyEventV2) => answer(event);
      },
    },
    { parent },
  );
}

import { Logger } from "@aws-lambda-powertools/logger";
import type * as pulumi from "@pulumi/pulumi";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { settingsOf } from "../../infrastructure/functionSettings";
import { InlineFunction } from "../../inlineFunction";
import type { SearchServiceArgs } from "../args";
import { openSearchClient } from "../handlers/openSearch";
import { createSearchApi } from "../handlers/searchApi";
import type { Engine } from "../resources/searchDomain";
import type { SEARCH_FUNCTIONS } from "../searchFunctions";

/** The function behind search, suggestions and the health check. Its role may only search. */
export function createSearchFunction(
  name: string,
  args: SearchServiceArgs,
  engine: Engine,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-search`,
    {
      description: "Searches and suggests products, and answers the health check.",
      environment: { OPENSEARCH_ENDPOINT: engine.endpoint },
      grants: [engine.rights.search],
      memoryMb: 1_024,
      ...settingsOf<typeof SEARCH_FUNCTIONS>(args, "search"),
      callbackFactory: () => {
        const { OPENSEARCH_ENDPOINT: endpoint = "", AWS_REGION: region = "" } = process.env;
        const log = new Logger({ serviceName: "search" });
        const answer = createSearchApi({
          client: openSearchClient({ endpoint, region, requestTimeoutMs: 4_000 }),
          region,
          log,
        });
        return (event: APIGatewayProxyEventV2) => answer(event);
      },
    },
    { parent },
  );
}

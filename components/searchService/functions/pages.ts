import type * as pulumi from "@pulumi/pulumi";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { PagesArgs, SearchServiceArgs } from "../args";
import { createPagesApi } from "../handlers/api/pagesApi";
import { createProductApi } from "../handlers/api/productApi";
import { createSearchApi } from "../handlers/api/searchApi";
import { createSitemap } from "../handlers/api/sitemap";
import { documentClient } from "../handlers/clients";
import { createStockReader } from "../handlers/environment";
import { openSearcher } from "../handlers/index/openSearch";
import { ProductStore } from "../handlers/productStore";
import { createRulesReader } from "../handlers/rulesStore";
import type { ProductData } from "../resources/productTable";
import type { Engine } from "../resources/searchDomain";
import { readingStock, stockSettings } from "../resources/stock";
import type { SEARCH_FUNCTIONS } from "../searchFunctions";

/** The function that renders the storefront's pages with their products, and writes the sitemap. */
export function createPagesFunction(
  name: string,
  args: SearchServiceArgs,
  { render, build }: PagesArgs,
  { engine, products }: { engine: Engine; products: ProductData },
  parent: pulumi.Resource,
): InlineFunction {
  const { language } = args;
  return new InlineFunction(
    `${name}-pages`,
    {
      description: "Renders the storefront's pages with their products, and writes the sitemap.",
      environment: {
        OPENSEARCH_ENDPOINT: engine.endpoint,
        PRODUCTS_TABLE: products.name,
        // A page names files of its build, which must be uploaded before.
        SITE_BUILD: build,
        ...stockSettings(args),
      },
      grants: [
        engine.rights.search,
        allow(reference("dynamodb:table", products.arn), "dynamodb:GetItem"),
        ...readingStock(args.stock),
      ],
      memoryMb: 1_024,
      ...settingsOf<typeof SEARCH_FUNCTIONS>(args, "pages"),
      callbackFactory: () => {
        const { OPENSEARCH_ENDPOINT: endpoint = "", PRODUCTS_TABLE: table = "", AWS_REGION: region = "" } = process.env;
        const log = createLogger("pages");
        const client = openSearcher({ endpoint, region, requestTimeoutMs: 4_000 });
        const rules = createRulesReader({ client: documentClient(), table }, log);
        const search = createSearchApi({ client, region, log, language, rules });
        const store = new ProductStore({ client: documentClient(), table, region });
        const answer = createPagesApi({
          render,
          search,
          products: createProductApi(store, log, createStockReader()),
          sitemap: createSitemap({ client, rules }),
          log,
        });
        return (event: APIGatewayProxyEventV2) => answer(event);
      },
    },
    { parent },
  );
}

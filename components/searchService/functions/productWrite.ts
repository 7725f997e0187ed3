import type * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { createAddressLookup } from "../../runtime/peerRegion";
import { traceFetch } from "../../runtime/tracing";
import type { SearchServiceArgs } from "../args";
import { createWriteApi } from "../handlers/api/productApi";
import { createRulesApi } from "../handlers/api/rulesApi";
import { documentClient } from "../handlers/clients";
import { createForward, type SignedInRequest } from "../handlers/forwardWrite";
import { ProductStore } from "../handlers/productStore";
import { RulesStore } from "../handlers/rulesStore";
import type { ProductData } from "../resources/productTable";
import type { SEARCH_FUNCTIONS } from "../searchFunctions";

/** The function through which merchandisers change products and the rules of searches. */
export function createProductWriteFunction(
  name: string,
  args: SearchServiceArgs,
  products: ProductData,
  parent: pulumi.Resource,
): InlineFunction {
  const { regions } = args;
  return new InlineFunction(
    `${name}-write`,
    {
      description: "Changes products and search rules for merchandisers; forwards changes to the home Region.",
      environment: { PRODUCTS_TABLE: products.name, ...(regions && { REGIONS_TABLE: regions.tableName }) },
      grants: [
        allow(reference("dynamodb:table", products.arn), "dynamodb:GetItem", "dynamodb:PutItem"),
        ...(regions ? [allow(reference("dynamodb:table", regions.tableArn), "dynamodb:GetItem")] : []),
      ],
      // Two attempts of five seconds to reach the home Region, where the function may start cold.
      timeoutSeconds: 15,
      ...settingsOf<typeof SEARCH_FUNCTIONS>(args, "productWrite"),
      callbackFactory: () => {
        const { PRODUCTS_TABLE: table = "", REGIONS_TABLE: regionsTable, AWS_REGION: region = "" } = process.env;
        const client = documentClient();
        const log = createLogger("catalogue");
        traceFetch();
        const forward = regionsTable
          ? createForward({ addressOf: createAddressLookup(client, regionsTable, "catalogue"), region, log })
          : undefined;
        const answer = createWriteApi(new ProductStore({ client, table, region }), log, forward);
        const answerRules = createRulesApi(new RulesStore({ client, table, region }), log, forward);
        return (event: SignedInRequest) => (event.rawPath.endsWith("/rules") ? answerRules(event) : answer(event));
      },
    },
    { parent },
  );
}

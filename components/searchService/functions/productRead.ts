import type * as pulumi from "@pulumi/pulumi";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { answerUnknownRoutes } from "../../runtime/unknownRoute";
import type { SearchServiceArgs } from "../args";
import { createReadApi } from "../handlers/api/productApi";
import { documentClient } from "../handlers/clients";
import { createStockReader } from "../handlers/environment";
import { ProductStore } from "../handlers/productStore";
import type { ProductData } from "../resources/productTable";
import { readingStock, stockSettings } from "../resources/stock";
import type { SEARCH_FUNCTIONS } from "../searchFunctions";

/** The function that returns one product, and the OpenAPI document. */
export function createProductReadFunction(
  name: string,
  args: SearchServiceArgs,
  products: ProductData,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-read`,
    {
      description: "Returns one product, or the OpenAPI document.",
      environment: { PRODUCTS_TABLE: products.name, ...stockSettings(args) },
      grants: [allow(reference("dynamodb:table", products.arn), "dynamodb:GetItem"), ...readingStock(args.stock)],
      ...settingsOf<typeof SEARCH_FUNCTIONS>(args, "productRead"),
      callbackFactory: () => {
        const { PRODUCTS_TABLE: table = "", AWS_REGION: region = "" } = process.env;
        const client = documentClient();
        const answer = createReadApi(
          new ProductStore({ client, table, region }),
          createLogger("catalogue"),
          createStockReader(),
        );
        return answerUnknownRoutes((event: APIGatewayProxyEventV2) => answer(event));
      },
    },
    { parent },
  );
}

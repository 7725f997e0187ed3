import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type * as pulumi from "@pulumi/pulumi";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { HttpApi } from "../../infrastructure/httpApi";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { ownAddresses } from "../../runtime/peerRegion";
import { traced, traceFetch } from "../../runtime/tracing";
import type { SearchServiceArgs } from "../args";
import { awsClientConfig } from "../handlers/awsClient";
import { createForward } from "../handlers/forwardWrite";
import { openSearchClient } from "../handlers/openSearch";
import { createReadApi, createWriteApi, type SignedInRequest } from "../handlers/productApi";
import { ProductStore } from "../handlers/productStore";
import { createSearchApi } from "../handlers/searchApi";
import type { ProductData } from "../resources/productTable";
import type { Engine } from "../resources/searchDomain";

/** The functions behind the API, one for each set of rights that its routes need, and the API itself. */
export function createCatalogueApi(
  name: string,
  args: SearchServiceArgs,
  { products, engine }: { products: ProductData; engine: Engine },
  parent: pulumi.Resource,
) {
  const search = searchFunction(name, args, engine, parent);
  const read = readFunction(name, args, products, parent);
  const write = writeFunction(name, args, products, parent);
  const { auth, throttle } = args;
  const api = new HttpApi(
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
    { parent },
  );
  return { api, functions: { search, read, write } };
}

function searchFunction(
  name: string,
  { logRetentionDays }: SearchServiceArgs,
  engine: Engine,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-search`,
    {
      description: "Searches products, suggests them, and says whether it can.",
      environment: { OPENSEARCH_ENDPOINT: engine.endpoint },
      grants: [engine.rights.search],
      memoryMb: 1_024,
      logRetentionDays,
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

function readFunction(
  name: string,
  { logRetentionDays }: SearchServiceArgs,
  products: ProductData,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-read`,
    {
      description: "Shows one product.",
      environment: { PRODUCTS_TABLE: products.name },
      grants: [allow(reference("dynamodb:table", products.arn), "dynamodb:GetItem")],
      logRetentionDays,
      callbackFactory: () => {
        const { PRODUCTS_TABLE: table = "", AWS_REGION: region = "" } = process.env;
        const client = DynamoDBDocumentClient.from(traced(new DynamoDBClient(awsClientConfig)));
        const answer = createReadApi(
          new ProductStore({ client, table, region }),
          new Logger({ serviceName: "catalogue" }),
        );
        return (event: APIGatewayProxyEventV2) => answer(event);
      },
    },
    { parent },
  );
}

function writeFunction(
  name: string,
  { logRetentionDays, regions }: SearchServiceArgs,
  products: ProductData,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-write`,
    {
      description: "Creates, changes and deletes products for merchandisers, or has their home Region do it.",
      environment: { PRODUCTS_TABLE: products.name, ...(regions && { REGIONS_TABLE: regions.tableName }) },
      grants: [
        allow(reference("dynamodb:table", products.arn), "dynamodb:GetItem", "dynamodb:PutItem"),
        ...(regions ? [allow(reference("dynamodb:table", regions.tableArn), "dynamodb:GetItem")] : []),
      ],
      // Two attempts of five seconds to reach the home Region, where the function may start cold.
      timeoutSeconds: 15,
      logRetentionDays,
      callbackFactory: () => {
        const { PRODUCTS_TABLE: table = "", REGIONS_TABLE: regionsTable, AWS_REGION: region = "" } = process.env;
        const client = DynamoDBDocumentClient.from(traced(new DynamoDBClient(awsClientConfig)));
        const log = new Logger({ serviceName: "catalogue" });
        traceFetch();
        const forward = regionsTable
          ? createForward({ addressOf: ownAddresses(client, regionsTable, "catalogue"), region, log })
          : undefined;
        const answer = createWriteApi(new ProductStore({ client, table, region }), log, forward);
        return (event: SignedInRequest) => answer(event);
      },
    },
    { parent },
  );
}

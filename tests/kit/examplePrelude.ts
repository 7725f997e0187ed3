/** Names that the examples in doc comments use without declaring them. Load it while Pulumi's mocks are set. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AuthLayer, InlineFunction, OrderService, RegionState, SearchService } from "../../components";

export { DynamoDBClient } from "@aws-sdk/client-dynamodb";
export { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
export type { APIGatewayProxyEventV2 } from "aws-lambda";
export { documentClient, setting } from "../../components/orderService/handlers/clients";
export { aws, pulumi };

export const config = new pulumi.Config("stayopen");
export const apiKey = pulumi.secret("key");
export const webhookSecret = pulumi.secret("whsec_a");
export const connectionArn = "arn:aws:codeconnections:us-east-1:123456789012:connection/1";
export const secretsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1";
export const keyArn = secretsKeyArn;
export const digest = "0".repeat(64);
export const timeoutSeconds: number | undefined = 8;
export const respond = async (_event: unknown) => ({ statusCode: 200 });
export const pay = async (headers: Record<string, string>) =>
  (await fetch("https://payment.example.com", { headers })).status;

export const table = new aws.dynamodb.Table("table", { hashKey: "id", attributes: [{ name: "id", type: "S" }] });
export const bucket = new aws.s3.Bucket("bucket");
export const list = new InlineFunction("list", { callbackFactory: () => respond });
export const regions = new RegionState("regions-of-examples");
export const auth = new AuthLayer("auth-of-examples", { provider: { cognito: {} } });
export const search = new SearchService("search-of-examples", { auth });
const provider = { endpoint: "https://provider.example.com", apiKey, webhookSecret };
export const orders = new OrderService("orders-of-examples", {
  auth,
  catalogue: search.products,
  payment: provider,
  shipping: provider,
  mail: { from: "orders@example.com" },
});

/** Values of run-time examples, which are compiled and not run. */
export const event = {} as never;
export const client = {} as never;
export const openSearch = { search: async (_request: unknown) => ({ body: {} }) };
export const token = {} as never;
export const region = {} as never;
export const log = {} as never;
export const logger = {} as never;
export const request = {} as never;
export const addressOf = {} as never;
export const iss = {} as never;

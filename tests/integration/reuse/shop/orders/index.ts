import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AuthLayer, OrderService } from "stayopen";

const config = new pulumi.Config("shop");
const outside = new pulumi.Config("stayopen");
const auth = new AuthLayer("sign-in", { provider: { oidc: { issuer: config.require("issuer"), audience: "shop" } } });

/** A catalogue of the shop's own: any table of products by `productId` will do. */
const products = new aws.dynamodb.Table("things", {
  billingMode: "PAY_PER_REQUEST",
  hashKey: "productId",
  attributes: [{ name: "productId", type: "S" }],
});

const orders = new OrderService("purchases", {
  auth,
  catalogue: { tableName: products.name, tableArn: products.arn },
  payment: {
    endpoint: outside.require("paymentEndpoint"),
    apiKey: outside.requireSecret("paymentApiKey"),
    webhookSecret: outside.requireSecret("paymentWebhookSecret"),
  },
  shipping: {
    endpoint: outside.require("shippingEndpoint"),
    apiKey: outside.requireSecret("shippingApiKey"),
    webhookSecret: outside.requireSecret("shippingWebhookSecret"),
  },
  mail: { from: "orders@shop.example" },
  waits: outside.getObject("orderWaits"),
  protectData: false,
});

export const url = orders.url;
export const productsTable = products.name;

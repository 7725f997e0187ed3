import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AuthLayer } from "../../components/authLayer";
import { OrderService } from "../../components/orderService";

// Orders alone: the shop keeps its catalogue and its sign-in.

const config = new pulumi.Config("shop");
const settings = new pulumi.Config("stayopen");
const auth = new AuthLayer("sign-in", { provider: { oidc: { issuer: config.require("issuer"), audience: "shop" } } });

/** The shop's own catalogue: any table of products by `productId`. */
const products = new aws.dynamodb.Table("things", {
  billingMode: "PAY_PER_REQUEST",
  hashKey: "productId",
  attributes: [{ name: "productId", type: "S" }],
});

const orders = new OrderService("purchases", {
  auth,
  catalogue: { tableName: products.name, tableArn: products.arn },
  payment: {
    endpoint: settings.require("paymentEndpoint"),
    apiKey: settings.requireSecret("paymentApiKey"),
    webhookSecret: settings.requireSecret("paymentWebhookSecret"),
  },
  shipping: {
    endpoint: settings.require("shippingEndpoint"),
    apiKey: settings.requireSecret("shippingApiKey"),
    webhookSecret: settings.requireSecret("shippingWebhookSecret"),
  },
  mail: { from: "orders@shop.example" },
  waits: settings.getObject("orderWaits"),
  protectData: config.getBoolean("protectData"),
});

/** Address of the API: `POST /api/orders`. */
export const url = orders.url;
/** Table that prices are read from. */
export const productsTable = products.name;

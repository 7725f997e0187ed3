import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { InlineFunction } from "../../../../components/inlineFunction";
import { OrderService } from "../../../../components/orderService";

// The order service alone, with its own product table, and an authorizer that takes the token as the customer's id.
const config = new pulumi.Config();

const products = new aws.dynamodb.Table("products", {
  billingMode: "PAY_PER_REQUEST",
  hashKey: "productId",
  attributes: [{ name: "productId", type: "S" }],
});

const authorizer = new InlineFunction("authorizer", {
  callbackFactory: () => async (event: { identitySource?: string[] }) => {
    const customerId = /^Bearer (customer-\w+)$/.exec(event.identitySource?.[0] ?? "")?.[1];
    return customerId ? { isAuthorized: true, context: { customerId, groups: "customers" } } : { isAuthorized: false };
  },
});

const orders = new OrderService("orders", {
  auth: { authorizer },
  catalogue: { tableName: products.name, tableArn: products.arn },
  payment: {
    endpoint: config.require("paymentEndpoint"),
    apiKey: config.requireSecret("paymentApiKey"),
    webhookSecret: config.requireSecret("paymentWebhookSecret"),
    timeoutSeconds: 2,
  },
  shipping: {
    endpoint: config.require("shippingEndpoint"),
    apiKey: config.requireSecret("shippingApiKey"),
    webhookSecret: config.requireSecret("shippingWebhookSecret"),
    timeoutSeconds: 2,
  },
  mail: { from: "orders@example.com", gatherSeconds: config.getNumber("gatherSeconds") },
  storeName: "Test store",
  textMessages:
    config.getBoolean("textMessages") === false
      ? undefined
      : { countries: ["+1", "+44", "+49"], unverified: true, perCustomerDay: 1_000_000 },
  webhooks: config.getObject("webhooks"),
  ordersPerCustomerDay: 1_000_000,
  protectData: false,
  ...(config.getBoolean("review") && {
    review: {
      // The name of the addressee names the answer: the check has no state, like one that decides by an order's content.
      callbackFactory: () => (order) => {
        const { name } = order.shipping;
        const isEarly = Date.now() - Date.parse(order.createdAt) < 10_000;
        if (name === "Review fails at first" && isEarly) throw new Error("The risk service is down.");
        if (name === "Review declines") return { decision: "decline", reason: "We do not deliver to forwarders." };
        const isOpen = name === "Review never decides" || (name === "Review decides later" && isEarly);
        return { decision: isOpen ? "review" : "accept" };
      },
      limitSeconds: 18,
    },
  }),
  waits: config.requireObject("waits"),
  deadlines: config.requireObject("deadlines"),
});

export const url = orders.url;
export const card = orders.card;
export const productsTable = products.name;
export const ordersTable = orders.data.orders.name;
export const cardsTable = orders.data.cards.name;
export const stockTable = orders.data.stock.name;
export const stateMachineArn = orders.stateMachine.arn;
export const functions = pulumi.output(
  Object.fromEntries(Object.entries(orders.functions).map(([what, { name }]) => [what, name])),
);

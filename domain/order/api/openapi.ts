import type { FromSchema } from "json-schema-to-ts";
import { PRODUCT_ID_PATTERN } from "../../catalogue/schema";
import { answer, type OpenApiDocument, requestBody } from "../../http/openapi";
import { DELIVERY_ID_PATTERN } from "../../stock";
import { ADDRESS_ID_PATTERN } from "../addressBook";
import { ORDER_ID_PATTERN } from "../identity";
import { responses } from "./openapiResponses";
import { schemas } from "./openapiSchemas";

/** The body of `POST /api/orders/{orderId}/refunds`. */
export type RefundRequest = FromSchema<typeof schemas.RefundRequest>;

/** The body of `POST /api/orders/quotes`. */
export type QuoteRequest = FromSchema<typeof schemas.QuoteRequest>;

/** The body of `POST /api/orders`. */
export type OrderRequest = FromSchema<typeof schemas.OrderRequest>;

const orderId = {
  name: "orderId",
  in: "path",
  required: true,
  description: "As `POST /api/orders` answered it.",
  schema: { type: "string", pattern: ORDER_ID_PATTERN },
} as const;

const productId = {
  name: "productId",
  in: "path",
  required: true,
  schema: { type: "string", pattern: PRODUCT_ID_PATTERN },
} as const;

const stockView = answer("The product's units by Region, as this Region knows them.", "StockView");

const idempotencyKey = (what: string) =>
  ({
    name: "Idempotency-Key",
    in: "header",
    required: true,
    description: `Made by the caller for this one ${what}, for example a UUID. Visible ASCII.`,
    schema: { type: "string", minLength: 1, maxLength: 128, pattern: "^[!-~]+$" },
  }) as const;

/** Parameter of lists with pages. */
const before = {
  name: "before",
  in: "query",
  description: "`next` of the page before.",
  schema: { type: "string", minLength: 1, maxLength: 400, pattern: "^[A-Za-z0-9_-]+$" },
} as const;

/** As orders store it, so that the index compares it. */
const moment = { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" } as const;

/** The order service's contract: published at `/api/orders/openapi.json`, and what requests are checked against. */
export const orderApi = {
  openapi: "3.1.0",
  info: {
    title: "Orders",
    version: "1",
    description:
      "Place, follow and cancel orders. Times are ISO 8601 UTC, money is an integer of minor units with its currency. " +
      "Texts are trimmed and normalized (NFC) before they are checked. " +
      "Errors are problem details (RFC 9457); `detail` states what to do.",
  },
  servers: [{ url: "/" }],
  security: [{ token: [] }],
  paths: {
    "/api/orders": {
      post: {
        operationId: "placeOrder",
        summary: "Place an order",
        description:
          "Responds as soon as the order is stored; payment and shipping follow. Retry a request without a response under " +
          "the same `Idempotency-Key`, in any Region: it is the same order and gets the same response.",
        parameters: [
          idempotencyKey("order"),
          {
            name: "Accept-Language",
            in: "header",
            description: "Of mails, text messages, invoice and credit notes: `en` (default) or `de`.",
            schema: { type: "string" },
          },
        ],
        requestBody: requestBody("OrderRequest"),
        responses: {
          201: {
            ...answer("The order is stored; an acknowledged order is never lost.", "PlacedOrder"),
            headers: { Location: { description: "Path of the order.", schema: { type: "string" } } },
          },
          409: responses.priceChanged,
          ...responses.body,
          ...responses.signedIn,
          ...responses.everywhere,
        },
      },
      get: {
        operationId: "listOrders",
        summary: "The caller's own orders, newest first",
        parameters: [
          {
            name: "limit",
            in: "query",
            description: "Maximum number of orders.",
            schema: { type: "integer", minimum: 1, maximum: 50, default: 20 },
          },
          before,
        ],
        responses: {
          200: answer("A page of orders; `next` is present if more may follow.", "OrderPage"),
          422: responses.invalid,
          ...responses.signedIn,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/quotes": {
      post: {
        operationId: "quoteOrder",
        summary: "Shipping methods, taxes and total of an order",
        description: "Prices lines for a destination, as an order would now. Stores nothing.",
        requestBody: requestBody("QuoteRequest"),
        responses: {
          200: answer("The prices. An order may get others later; it is refused then.", "Quote"),
          409: responses.priceChanged,
          ...responses.body,
          ...responses.signedIn,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/{orderId}": {
      get: {
        operationId: "getOrder",
        summary: "One order of the caller's",
        parameters: [orderId],
        responses: {
          200: answer("The order as this Region knows it.", "Order"),
          404: responses.notFound,
          422: responses.invalid,
          ...responses.signedIn,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/{orderId}/cancel": {
      post: {
        operationId: "cancelOrder",
        summary: "Ask to cancel an order",
        description:
          "A request until the payment system has answered: the order becomes `CANCELLED`, or, if the money was taken " +
          "in the same moment, is shipped. May be repeated.",
        parameters: [orderId],
        responses: {
          202: answer("Requested; follow the order's status.", "Cancellation"),
          404: responses.notFound,
          409: responses.tooLate,
          422: responses.invalid,
          ...responses.signedIn,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/addresses": {
      get: {
        operationId: "listAddresses",
        summary: "The caller's saved addresses, the one saved last first",
        responses: { 200: responses.addresses, ...responses.signedIn, ...responses.everywhere },
      },
      post: {
        operationId: "saveAddress",
        summary: "Save an address",
        description:
          "Idempotent: an address is saved once. Each customer has at most ten; the oldest ones are no longer listed.",
        requestBody: requestBody("Address"),
        responses: { 200: responses.addresses, ...responses.body, ...responses.signedIn, ...responses.everywhere },
      },
    },
    "/api/orders/addresses/{addressId}": {
      delete: {
        operationId: "removeAddress",
        summary: "Remove a saved address",
        parameters: [
          { name: "addressId", in: "path", required: true, schema: { type: "string", pattern: ADDRESS_ID_PATTERN } },
        ],
        responses: {
          200: responses.addresses,
          422: responses.invalid,
          ...responses.signedIn,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/account": {
      delete: {
        operationId: "deleteAccount",
        summary: "Delete the caller's account",
        description:
          "Requires a sign-in within the last 15 minutes and no unfinished order. The account, saved addresses, and name, address and contact " +
          "details in orders and invoices are erased within seconds in this Region and within about an hour in the others. Records of sales stay. May be repeated.",
        responses: {
          202: answer("Recorded; it can't be taken back.", "ErasureRequest"),
          409: responses.unfinishedOrder,
          ...responses.signedIn,
          403: responses.signInTooOld,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/placed": {
      get: {
        operationId: "listPlacedOrders",
        summary: "Orders in every state, newest first (merchandisers)",
        description:
          "Of all Regions as this Region knows them, without name, address and contact details of customers. A page has 50 orders at most; with a " +
          "`state` it may have fewer, and `next` if older ones may follow.",
        parameters: [
          {
            name: "state",
            in: "query",
            description:
              "Only orders in progress, delivered, cancelled, or with partial refunds that were made or are about to be.",
            schema: { enum: ["open", "delivered", "cancelled", "refunded"] },
          },
          {
            name: "email",
            in: "query",
            description:
              "Only orders with this email address, in small or capital letters. No index has it: combine it with `from` and `until`.",
            schema: { type: "string", minLength: 3, maxLength: 254 },
          },
          { name: "from", in: "query", description: "Only orders placed at this moment or later.", schema: moment },
          { name: "until", in: "query", description: "Only orders placed at this moment or earlier.", schema: moment },
          before,
        ],
        responses: {
          200: answer("A page of orders.", "PlacedOrders"),
          422: responses.invalid,
          ...responses.merchandiser,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/{orderId}/refunds": {
      post: {
        operationId: "refundOrder",
        summary: "Refund a part of an order (merchandisers)",
        description:
          "Refunds lines and shipping at the prices of the order, with their tax, or an amount. Responds as soon as the refund is stored; the payment provider " +
          "follows, and refuses what is more than is left. Goods do not return to the stock. Retry a request without a response " +
          "under the same `Idempotency-Key`, in any Region: it is the same refund.",
        parameters: [orderId, idempotencyKey("refund")],
        requestBody: requestBody("RefundRequest"),
        responses: {
          202: answer("The refund is stored; it is made, or refused by the payment provider.", "Refund"),
          404: responses.unknownOrder,
          409: responses.notRefundable,
          ...responses.body,
          ...responses.signedIn,
          ...responses.everywhere,
        },
      },
      get: {
        operationId: "listRefunds",
        summary: "An order's lines and refunds (merchandisers)",
        description: "Without name, address and contact details of the customer.",
        parameters: [orderId],
        responses: {
          200: answer("The order and its refunds as this Region knows them, oldest first.", "RefundList"),
          404: responses.unknownOrder,
          422: responses.invalid,
          ...responses.signedIn,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/{orderId}/invoice": {
      get: {
        operationId: "getInvoice",
        summary: "The invoice of a delivered order",
        description:
          "Returns a URL that shows the invoice as a page for a few minutes, without sign-in. The invoice is stored only in the " +
          "Region that delivered the order.",
        parameters: [orderId],
        responses: {
          200: answer("URL of the invoice.", "Invoice"),
          404: responses.notFound,
          409: responses.noInvoice,
          422: responses.invalid,
          ...responses.signedIn,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/{orderId}/refunds/{refundId}/credit-note": {
      get: {
        operationId: "getCreditNote",
        summary: "The credit note of a refund",
        description:
          "Returns a URL that shows the credit note as a page for a few minutes, without sign-in. It corrects the invoice, which stays as " +
          "it was issued, and is stored only in the Region that made the refund.",
        parameters: [
          orderId,
          {
            name: "refundId",
            in: "path",
            required: true,
            description: "As the order's `refunds` name it.",
            schema: { type: "string", pattern: ORDER_ID_PATTERN },
          },
        ],
        responses: {
          200: answer("URL of the credit note.", "Invoice"),
          404: responses.notFound,
          409: responses.noInvoice,
          422: responses.invalid,
          ...responses.signedIn,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/stock/{productId}/shares": {
      get: {
        operationId: "getShares",
        summary: "A product's units by Region (merchandisers)",
        parameters: [productId],
        responses: {
          200: stockView,
          404: responses.unknownProduct,
          422: responses.invalid,
          ...responses.merchandiser,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/stock/{productId}/deliveries/{deliveryId}": {
      put: {
        operationId: "putDelivery",
        summary: "Add units of a product, or take them away (merchandisers)",
        description:
          "Changes the units of the Region that answers; they move to where they are asked for. The id makes it happen once in " +
          "the whole store: repeat a request without a response, in any Region. Set `counted` on the product to sell it from these units.",
        parameters: [
          productId,
          {
            name: "deliveryId",
            in: "path",
            required: true,
            description: "Of the caller's choice, for example the number of a delivery note or of a stocktaking.",
            schema: { type: "string", pattern: DELIVERY_ID_PATTERN },
          },
        ],
        requestBody: requestBody("Delivery"),
        responses: {
          200: { ...stockView, description: "The id was written before; nothing has changed." },
          201: { ...stockView, description: "The units are added, or taken away." },
          404: responses.unknownProduct,
          409: responses.deliveryRefused,
          ...responses.body,
          ...responses.merchandiser,
          ...responses.everywhere,
        },
      },
    },
    "/api/orders/webhooks/payment": { post: webhook("paymentUpdated", "payment") },
    "/api/orders/webhooks/shipping": { post: webhook("shipmentUpdated", "shipping") },
    "/api/orders/health": {
      get: {
        operationId: "ordersHealth",
        summary: "Whether this Region's tables can be written and read",
        security: [],
        responses: {
          200: answer("They can be written and read.", "Health"),
          503: answer("They cannot, or not in time.", "Health"),
        },
      },
    },
    "/api/orders/openapi.json": {
      get: {
        operationId: "ordersDocument",
        summary: "This document",
        security: [],
        responses: { 200: { description: "OpenAPI 3.1.", content: { "application/json": { schema: {} } } } },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    schemas: schemas as Readonly<Record<string, unknown>>,
  },
} satisfies OpenApiDocument;

function webhook(operationId: string, system: string) {
  return {
    operationId,
    summary: `The ${system} provider's webhook: a record has changed`,
    description:
      "Signed by Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`), at most five minutes " +
      "old. It only wakes the order's workflow, which reads the provider's record itself: a repeated or forged one changes nothing.",
    security: [],
    requestBody: requestBody("Webhook"),
    responses: {
      204: { description: "Accepted." },
      401: responses.badSignature,
      ...responses.body,
      ...responses.everywhere,
    },
  } as const;
}

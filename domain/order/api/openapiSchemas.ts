import { PRODUCT_ID_PATTERN, priceSchema } from "../../catalogue/schema";
import { MAX_DELIVERY_UNITS } from "../../stock";
import { line } from "../../text";
import { ADDRESS_ID_PATTERN, MAX_ADDRESSES } from "../addressBook";
import { ORDER_ID_PATTERN } from "../identity";
import { LISTED_PRODUCTS, MAX_LINES, MAX_QUANTITY } from "../limits";
import { METHOD_ID_PATTERN } from "../prices/charges";
import { MAX_TOTAL_AMOUNT } from "../prices/pricing";
import { CARD_PATTERN, MAX_CARD_LENGTH } from "../providers/card";
import { MAX_REFUNDS } from "../refunds";
import { CUSTOMER_STATUSES } from "../status";

const time = { type: "string", format: "date-time" } as const;

const money = {
  type: "object",
  additionalProperties: false,
  required: ["amount", "currency"],
  properties: {
    amount: { type: "integer", minimum: 0, maximum: MAX_TOTAL_AMOUNT, description: "Minor units, such as cents." },
    currency: priceSchema.properties.currency,
  },
} as const;

const productId = { type: "string", pattern: PRODUCT_ID_PATTERN, description: "As the catalogue names it." } as const;

const address = {
  type: "object",
  additionalProperties: false,
  required: ["name", "street", "city", "postalCode", "country"],
  properties: {
    name: line(100),
    street: line(200),
    city: line(100),
    postalCode: line(20),
    region: { ...line(100), description: "State, province or county, where addresses have one." },
    country: { type: "string", pattern: "^[A-Z]{2}$", description: "ISO 3166-1 alpha-2." },
  },
} as const;

const contact = {
  type: "object",
  additionalProperties: false,
  required: ["email"],
  properties: {
    email: { type: "string", format: "email", maxLength: 254 },
    phone: {
      type: "string",
      pattern: "^\\+[1-9][0-9]{6,14}$",
      description: "E.164. If set, status changes are also sent by SMS where the store does so.",
    },
  },
} as const;

const methodId = { type: "string", pattern: METHOD_ID_PATTERN, description: "Id of a shipping method." } as const;

const shippingMethod = {
  type: "object",
  required: ["id", "name", "price"],
  properties: {
    id: methodId,
    name: { type: "string" },
    price: money,
    deliveryDays: {
      type: "array",
      items: { type: "integer" },
      minItems: 2,
      maxItems: 2,
      description: "Shortest and longest delivery in days.",
    },
  },
} as const;

const taxes = {
  type: "array",
  description: "Taxes, one for each rate. Absent if there are none.",
  items: {
    type: "object",
    required: ["name", "percent", "included", "base", "amount", "productIds"],
    properties: {
      name: { type: "string" },
      percent: { type: "number" },
      included: { type: "boolean", description: "True: the prices include it. False: it is added to them." },
      base: { ...money, description: "Sum of the taxed prices." },
      amount: money,
      productIds: { type: "array", items: productId, description: "The lines that it is on." },
      shipping: { type: "boolean", description: "It is on shipping too." },
    },
  },
} as const;

const pricedLines = {
  type: "array",
  items: {
    type: "object",
    required: ["productId", "name", "quantity", "unitPrice"],
    properties: {
      productId,
      name: { type: "string" },
      quantity: { type: "integer" },
      unitPrice: money,
    },
  },
} as const;

const productLines = (description: string) =>
  ({
    type: "array",
    minItems: 1,
    maxItems: MAX_LINES,
    description,
    items: {
      type: "object",
      additionalProperties: false,
      required: ["productId", "quantity"],
      properties: { productId, quantity: { type: "integer", minimum: 1, maximum: MAX_QUANTITY } },
    },
  }) as const;

const requestedLines = productLines("Each product once.");

const summary = {
  orderId: { type: "string", pattern: ORDER_ID_PATTERN },
  status: { type: "string", enum: CUSTOMER_STATUSES },
  total: money,
  pieces: { type: "integer", minimum: 1 },
  createdAt: time,
  updatedAt: time,
} as const;

const listed = {
  ...summary,
  products: {
    type: "array",
    items: { type: "string" },
    maxItems: LISTED_PRODUCTS,
    description: "Names of the first products.",
  },
} as const;

const problem = {
  type: { type: "string", format: "uri-reference" },
  title: { type: "string" },
  status: { type: "integer" },
  detail: { type: "string", description: "What went wrong and what to do." },
  errors: {
    type: "array",
    items: { type: "object", properties: { pointer: { type: "string" }, detail: { type: "string" } } },
  },
} as const;

const refundLines = productLines("Each product once; the amount follows from the prices of the order and their tax.");

const refundReason = { ...line(200), description: "The customer reads it." } as const;

const refund = {
  refundId: { type: "string", pattern: ORDER_ID_PATTERN },
  amount: money,
  lines: refundLines,
  shipping: { type: "boolean", description: "The amount has the price of shipping." },
  tax: { ...money, description: "Tax within the amount." },
  reason: refundReason,
  requestedAt: time,
} as const;

/** The shapes of requests and answers; the types of requests are made from them. */
export const schemas = {
  OrderRequest: {
    type: "object",
    additionalProperties: false,
    required: ["lines", "expectedTotal", "shipping", "contact", "payment"],
    properties: {
      lines: requestedLines,
      expectedTotal: {
        ...money,
        description: "What the customer saw: the sum of the lines, or the total of a quote. Another total answers 409.",
      },
      shippingMethod: { ...methodId, description: "Id of an offered shipping method. Default: the first one." },
      shipping: address,
      contact,
      payment: {
        description: "`none` for an order with a total of 0, and for no other.",
        oneOf: [
          {
            type: "object",
            additionalProperties: false,
            required: ["kind"],
            properties: { kind: { const: "none" } },
          },
          {
            type: "object",
            additionalProperties: false,
            required: ["kind", "card"],
            properties: {
              kind: { const: "card" },
              card: {
                type: "string",
                pattern: CARD_PATTERN,
                maxLength: MAX_CARD_LENGTH,
                description:
                  "Compact JWE (RSA-OAEP-256, A256GCM) of `{ number, expiry, code }` to the key in `/config.json`, its protected header with `kid`, `idempotencyKey` (the header `Idempotency-Key`) and `customerId` (the claim `customerId` of the access token, or its `sub`).",
              },
            },
          },
          {
            type: "object",
            additionalProperties: false,
            required: ["kind", "token"],
            properties: {
              kind: { const: "token" },
              token: {
                type: "string",
                maxLength: 255,
                // An id of the provider's, and part of requests to it: visible ASCII.
                pattern: "^[!-~]+$",
                description: "The payment provider's reference to a card that it keeps for this customer.",
              },
            },
          },
        ],
      },
    },
  },
  QuoteRequest: {
    type: "object",
    additionalProperties: false,
    required: ["lines", "destination"],
    properties: {
      lines: requestedLines,
      destination: {
        type: "object",
        additionalProperties: false,
        required: ["country"],
        description: "The part of the address that prices may depend on.",
        properties: {
          country: address.properties.country,
          region: address.properties.region,
          postalCode: address.properties.postalCode,
        },
      },
      shippingMethod: {
        ...methodId,
        description: "The customer's choice. If it is not offered: the first one that is.",
      },
    },
  },
  Quote: {
    type: "object",
    required: ["lines", "goods", "shippingMethods", "total"],
    properties: {
      lines: pricedLines,
      goods: { ...money, description: "Sum of the lines." },
      shippingMethods: {
        type: "array",
        items: shippingMethod,
        description: "Offered for these lines and this destination. Empty if the prices include delivery.",
      },
      shippingMethod: { ...shippingMethod, description: "The one that the total includes." },
      taxes,
      total: { ...money, description: "The `expectedTotal` of an order." },
    },
  },
  PlacedOrder: {
    type: "object",
    required: ["orderId", "total"],
    properties: { orderId: summary.orderId, total: money },
  },
  OrderPage: {
    type: "object",
    required: ["orders"],
    properties: {
      orders: { type: "array", items: { $ref: "#/components/schemas/OrderSummary" } },
      next: { type: "string", description: "Give it as `before` to get the next page." },
    },
  },
  OrderSummary: {
    type: "object",
    required: ["orderId", "status", "total", "pieces", "products", "createdAt", "updatedAt"],
    properties: listed,
  },
  Order: {
    type: "object",
    required: ["orderId", "status", "total", "lines", "shipping", "contact", "payment", "history", "cancelRequested"],
    properties: {
      ...summary,
      lines: pricedLines,
      shippingMethod: { ...shippingMethod, description: "Absent if the prices include delivery." },
      taxes,
      shipping: address,
      contact,
      payment: {
        type: "object",
        required: ["kind"],
        properties: {
          kind: { enum: ["card", "token", "none"] },
          card: { type: "object", properties: { brand: { type: "string" }, last4: { type: "string" } } },
          declined: { type: "string", description: "Why the payment was not accepted." },
          challengeUrl: {
            type: "string",
            description:
              "Page on which the customer confirms the payment to their bank. Absent when there is nothing to confirm.",
          },
        },
      },
      shipment: {
        type: "object",
        properties: {
          trackingNumber: { type: "string" },
          carrier: { type: "string" },
          trackingUrl: { type: "string", description: "The carrier's page about the parcel." },
          impossible: { type: "string", description: "Why the order can't be delivered." },
        },
      },
      history: {
        type: "array",
        items: { type: "object", required: ["status", "at"], properties: { status: summary.status, at: time } },
      },
      cancelRequested: { type: "boolean" },
      cancelTooLate: { const: true, description: "A request to cancel came too late. Absent if there was none." },
      refunds: {
        type: "array",
        maxItems: MAX_REFUNDS,
        description: "Partial refunds that were made (`REFUNDED`) or are about to be. Absent if there are none.",
        items: {
          type: "object",
          required: ["refundId", "status", "amount", "reason", "requestedAt"],
          properties: { ...refund, status: { enum: ["REQUESTED", "REFUNDED"] } },
        },
      },
      refunded: { ...money, description: "Sum of the refunds that were made. Absent if there are no refunds." },
    },
  },
  RefundRequest: {
    oneOf: [
      {
        type: "object",
        additionalProperties: false,
        required: ["reason"],
        anyOf: [{ required: ["lines"] }, { required: ["shipping"] }],
        properties: {
          lines: refundLines,
          shipping: { const: true, description: "Refunds shipping too, once." },
          reason: refundReason,
        },
      },
      {
        type: "object",
        additionalProperties: false,
        required: ["amount", "reason"],
        properties: {
          amount: {
            type: "integer",
            minimum: 1,
            maximum: MAX_TOTAL_AMOUNT,
            description: "Minor units of the order's currency.",
          },
          reason: refundReason,
        },
      },
    ],
  },
  Refund: {
    type: "object",
    required: ["refundId", "status", "amount", "reason", "requestedAt", "updatedAt"],
    properties: {
      ...refund,
      status: {
        enum: ["REQUESTED", "REFUNDED", "REFUSED"],
        description: "`REFUSED`: the payment provider will never make it, because it is more than is left.",
      },
      updatedAt: time,
    },
  },
  Address: address,
  AddressList: {
    type: "object",
    required: ["addresses"],
    properties: {
      addresses: {
        type: "array",
        maxItems: MAX_ADDRESSES,
        items: {
          type: "object",
          required: ["addressId", "address"],
          properties: { addressId: { type: "string", pattern: ADDRESS_ID_PATTERN }, address },
        },
      },
    },
  },
  PlacedOrders: {
    type: "object",
    required: ["orders"],
    properties: {
      orders: {
        type: "array",
        items: {
          type: "object",
          required: ["orderId", "status", "total", "pieces", "products", "createdAt", "updatedAt", "hasRefunds"],
          properties: {
            ...listed,
            hasRefunds: { type: "boolean", description: "True if partial refunds were requested." },
          },
        },
      },
      next: { type: "string", description: "Give it as `before` to get the next page." },
    },
  },
  RefundList: {
    type: "object",
    required: ["status", "createdAt", "lines", "total", "refunded", "refunds"],
    properties: {
      status: summary.status,
      createdAt: time,
      lines: pricedLines,
      shippingMethod: { ...shippingMethod, description: "Absent if the prices include delivery." },
      total: money,
      refunded: { ...money, description: "Sum of the refunds that were made." },
      refunds: { type: "array", items: { $ref: "#/components/schemas/Refund" } },
    },
  },
  Cancellation: {
    type: "object",
    required: ["orderId", "cancellation"],
    properties: { orderId: summary.orderId, cancellation: { enum: ["requested", "done"] } },
  },
  ErasureRequest: {
    type: "object",
    required: ["erasure"],
    properties: { erasure: { enum: ["requested"] } },
  },
  Invoice: {
    type: "object",
    required: ["url", "expiresAt"],
    properties: {
      url: { type: "string", format: "uri", description: "Needs no token, so do not pass it on." },
      expiresAt: { ...time, description: "Time after which the URL is invalid; request another one then." },
    },
  },
  Webhook: {
    type: "object",
    required: ["type", "orderId"],
    properties: {
      type: { enum: ["payment.updated", "shipment.updated"] },
      orderId: { type: "string", pattern: ORDER_ID_PATTERN },
    },
  },
  Health: {
    type: "object",
    required: ["status", "region"],
    properties: { status: { enum: ["ok", "failing"] }, region: { type: "string" }, checkedAt: time },
  },
  Problem: { type: "object", required: ["type", "title", "status", "detail"], properties: problem },
  Delivery: {
    type: "object",
    additionalProperties: false,
    required: ["units"],
    properties: {
      units: {
        type: "integer",
        minimum: -MAX_DELIVERY_UNITS,
        maximum: MAX_DELIVERY_UNITS,
        not: { const: 0 },
        description: "Units added; below 0 for units that were lost, broken or miscounted.",
      },
    },
  },
  StockView: {
    type: "object",
    required: ["productId", "counted", "seenFrom", "left", "promised", "delivered", "shares"],
    properties: {
      productId: { type: "string" },
      counted: { type: "boolean", description: "False: the product is sold without counting." },
      seenFrom: { type: "string", description: "The Region whose knowledge this is." },
      left: {
        type: "integer",
        description: "Units that some Region may promise, those on their way included. Below 0: promised twice.",
      },
      promised: { type: "integer", description: "Units of orders, delivered ones included." },
      held: {
        type: "integer",
        description:
          "Units held by orders that are not delivered yet. In answers to GET, unless more than 1,000 orders are open.",
      },
      delivered: { type: "integer", description: "Units added less those taken away." },
      shares: {
        type: "array",
        items: {
          type: "object",
          required: ["region", "available", "promised", "delivered"],
          properties: {
            region: { type: "string" },
            available: { type: "integer", description: "Units that this Region alone may promise." },
            promised: { type: "integer" },
            delivered: { type: "integer" },
          },
        },
      },
    },
  },
  OrderProblem: {
    type: "object",
    required: ["type", "title", "status", "detail"],
    properties: {
      ...problem,
      total: { ...money, description: "The new total: show it, and order again with it." },
      lines: { type: "array", items: { type: "object" }, description: "The lines at their new prices." },
      shippingMethod: { ...shippingMethod, description: "Shipping that the new total includes." },
      taxes,
      shippingMethods: { type: "array", items: shippingMethod, description: "The methods that are offered." },
      productIds: { type: "array", items: { type: "string" }, description: "The products that it is about." },
      orderId: summary.orderId,
      orderStatus: summary.status,
      left: { ...money, description: "What may still be refunded." },
      limits: {
        type: "array",
        items: {
          type: "object",
          properties: { productId: { type: "string" }, maxPerOrder: { type: "integer" } },
        },
      },
    },
  },
} as const;

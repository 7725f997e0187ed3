import type * as pulumi from "@pulumi/pulumi";
import { HttpApi, type Invocable } from "../../infrastructure/httpApi";
import { DEFAULT_ROUTE } from "../../runtime/unknownRoute";
import type { OrderServiceArgs } from "../args";

/** Functions behind the order API, one for each set of permissions that its routes need. */
export type ApiFunctions = Record<
  "submit" | "read" | "cancel" | "account" | "refund" | "invoice" | "stock" | "webhooks" | "health",
  Invocable
>;

/** Creates the order API: customers' and merchandisers' routes with authorization, webhooks with signatures, health and description public. */
export function createOrderApi(
  name: string,
  args: OrderServiceArgs,
  { submit, read, cancel, account, refund, invoice, stock, webhooks, health }: ApiFunctions,
  parent: pulumi.Resource,
): HttpApi {
  const { auth, throttle, cors } = args;
  return new HttpApi(
    name,
    {
      description: "Place, follow and cancel orders; units of counted products.",
      routes: {
        "POST /api/orders": { function: submit, auth },
        "POST /api/orders/quotes": { function: submit, auth },
        "GET /api/orders": { function: read, auth },
        "GET /api/orders/{orderId}": { function: read, auth },
        "POST /api/orders/{orderId}/cancel": { function: cancel, auth },
        "GET /api/orders/addresses": { function: account, auth },
        "POST /api/orders/addresses": { function: account, auth },
        "DELETE /api/orders/addresses/{addressId}": { function: account, auth },
        "DELETE /api/orders/account": { function: account, auth },
        "GET /api/orders/placed": { function: refund, auth },
        "POST /api/orders/{orderId}/refunds": { function: refund, auth },
        "GET /api/orders/{orderId}/refunds": { function: refund, auth },
        "GET /api/orders/{orderId}/invoice": { function: invoice, auth },
        "GET /api/orders/{orderId}/refunds/{refundId}/credit-note": { function: invoice, auth },
        "GET /api/orders/stock/{productId}/shares": { function: stock, auth },
        "PUT /api/orders/stock/{productId}/deliveries/{deliveryId}": { function: stock, auth },
        "POST /api/orders/webhooks/payment": { function: webhooks },
        "POST /api/orders/webhooks/shipping": { function: webhooks },
        "GET /api/orders/health": { function: health },
        "GET /api/orders/openapi.json": { function: health },
        [DEFAULT_ROUTE]: { function: health },
      },
      throttle,
      cors,
      edge: auth.edge,
      logRetentionDays: args.logRetentionDays,
    },
    { parent },
  );
}

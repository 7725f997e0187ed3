import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction, index } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { listAddresses, removeAddress, saveAddress } from "../handlers/api/addressBook";
import { handleRequest } from "../handlers/api/http";
import { documentClient, setting } from "../handlers/clients";
import { createOrderStore, readOrderTables } from "../handlers/environment";
import { requestErasure } from "../handlers/erasure/requestErasure";
import { functionCaller } from "../handlers/functionCaller";
import { CUSTOMER_INDEX } from "../handlers/orderStore";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of `/api/orders/addresses` and `/api/orders/account`. */
export function createAccount(
  name: string,
  { shared, eraser }: { shared: SharedSettings; eraser: InlineFunction },
  parent: pulumi.Resource,
): InlineFunction {
  const { environment, orders, settingsOf } = shared;
  return new InlineFunction(
    `${name}-account`,
    {
      description: "Keeps the customer's saved addresses, and records requests to delete the account.",
      environment: { ...environment, ERASER_FUNCTION: eraser.name },
      grants: [
        allow(orders, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"),
        allow(index(orders, CUSTOMER_INDEX), "dynamodb:Query"),
        allow(eraser.function, "lambda:InvokeFunction"),
      ],
      ...settingsOf("account"),
      callbackFactory: () => {
        const log = createLogger("orders-account");
        const store = createOrderStore();
        const [list, save, remove] = [listAddresses(store), saveAddress(store), removeAddress(store)];
        const erase = requestErasure({
          orders: store,
          table: { client: documentClient(), name: readOrderTables().orders, region: store.region },
          eraser: { client: functionCaller(), name: setting("ERASER_FUNCTION") },
          log,
        });
        return handleRequest(log, (request) => {
          if (request.routeKey.endsWith("/account")) return erase(request);
          const { method } = request.requestContext.http;
          return method === "GET" ? list(request) : method === "POST" ? save(request) : remove(request);
        });
      },
    },
    { parent },
  );
}

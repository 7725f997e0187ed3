import { Logger } from "@aws-lambda-powertools/logger";
import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction } from "../../inlineFunction";
import { listAddresses, removeAddress, saveAddress } from "../handlers/addressBook";
import { createOrderStore } from "../handlers/environment";
import { handleRequest } from "../handlers/http";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of `/api/orders/addresses`. */
export function createAccount(
  name: string,
  { environment, orders, settingsOf }: SharedSettings,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-account`,
    {
      description: "Keeps the customer's saved addresses.",
      environment,
      grants: [allow(orders, "dynamodb:Query", "dynamodb:PutItem")],
      ...settingsOf("account"),
      callbackFactory: () => {
        const store = createOrderStore();
        const [list, save, remove] = [listAddresses(store), saveAddress(store), removeAddress(store)];
        return handleRequest(new Logger({ serviceName: "orders-account" }), (request) => {
          const { method } = request.requestContext.http;
          return method === "GET" ? list(request) : method === "POST" ? save(request) : remove(request);
        });
      },
    },
    { parent },
  );
}

import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { handleRequest } from "../handlers/api/http";
import { receiveWebhook } from "../handlers/api/webhooks";
import { setting } from "../handlers/clients";
import { functionCaller } from "../handlers/functionCaller";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of both `POST /api/orders/webhooks/…` routes. */
export function createWebhooks(
  name: string,
  { shared, resume, ship }: { shared: SharedSettings; resume: InlineFunction; ship: InlineFunction },
  parent: pulumi.Resource,
): InlineFunction {
  const { environment, settingsOf, payment, shipping } = shared;
  const readPayment = payment.webhooks.connect;
  const readShipping = shipping.webhooks.connect;
  return new InlineFunction(
    `${name}-webhooks`,
    {
      description:
        "Receives signed webhooks of the providers and has the order's workflow read the provider's records again.",
      environment: {
        ...environment,
        ...payment.webhooks.environment,
        ...shipping.webhooks.environment,
        RESUME_FUNCTION: resume.name,
        SHIP_FUNCTION: ship.name,
      },
      grants: [
        ...payment.webhooks.grants,
        ...shipping.webhooks.grants,
        // A payment webhook resumes the workflow; a shipping webhook only has the parcel checked.
        allow(resume.function, "lambda:InvokeFunction"),
        allow(ship.function, "lambda:InvokeFunction"),
      ],
      ...settingsOf("webhooks"),
      callbackFactory: () => {
        const log = createLogger("orders-webhooks");
        const receiving = { client: functionCaller(), log };
        const receivePayment = receiveWebhook(readPayment(), setting("RESUME_FUNCTION"), receiving);
        const receiveShipping = receiveWebhook(readShipping(), setting("SHIP_FUNCTION"), receiving);
        return handleRequest(log, (request) =>
          request.routeKey.endsWith("/payment") ? receivePayment(request) : receiveShipping(request),
        );
      },
    },
    { parent },
  );
}

import type * as pulumi from "@pulumi/pulumi";
import { jsonText } from "../../../domain/http";
import { HEALTH_ORDER_ID } from "../../../domain/order";
import * as operations from "../../../domain/order/api/operations.compiled";
import { allow, type Grant, InlineFunction, when } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { answerUnknownRoutes } from "../../runtime/unknownRoute";
import { createHealthCheck } from "../handlers/api/health";
import type { HttpRequest } from "../handlers/api/http";
import { documentClient } from "../handlers/clients";
import { readOrderTables, readOwnRegion } from "../handlers/environment";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function of `GET /api/orders/health` and `GET /api/orders/openapi.json`. */
export function createHealth(name: string, shared: SharedSettings, parent: pulumi.Resource): InlineFunction {
  return new InlineFunction(
    `${name}-health`,
    {
      description: "Reports whether this Region's tables work, and serves the API's description.",
      environment: shared.environment,
      grants: healthItemGrants(shared),
      ...shared.settingsOf("health"),
      callbackFactory: () => {
        const log = createLogger("orders-health");
        const check = createHealthCheck(documentClient(), readOrderTables(), readOwnRegion(), log);
        const document = jsonText(200, operations.description, { "cache-control": "public, max-age=300" });
        return answerUnknownRoutes(async (request: Pick<HttpRequest, "routeKey">) =>
          request.routeKey.endsWith("/openapi.json") ? document : await check(),
        );
      },
    },
    { parent },
  );
}

/** Creates the same check as `health` for `RegionalFailover`, which calls the function directly. */
export function createCheck(name: string, shared: SharedSettings, parent: pulumi.Resource): InlineFunction<unknown> {
  return new InlineFunction<unknown>(
    `${name}-check`,
    {
      description: "Reports to the Region's health route whether its tables work. It has no route of its own.",
      environment: shared.environment,
      grants: healthItemGrants(shared),
      ...shared.settingsOf("check"),
      callbackFactory: () => {
        const log = createLogger("orders-check");
        return createHealthCheck(documentClient(), readOrderTables(), readOwnRegion(), log);
      },
    },
    { parent },
  );
}

/** The health route is public, so its function may access only the health item. */
function healthItemGrants({ orders, cards }: SharedSettings): Grant[] {
  const onlyItsItem = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [HEALTH_ORDER_ID] } };
  return [
    when(allow(orders, "dynamodb:PutItem", "dynamodb:GetItem"), onlyItsItem),
    when(allow(cards, "dynamodb:PutItem", "dynamodb:GetItem"), onlyItsItem),
  ];
}

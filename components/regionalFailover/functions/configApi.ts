import * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { answerUnknownRoutes } from "../../runtime/unknownRoute";
import type { RegionalFailoverArgs } from "../args";
import type { FAILOVER_FUNCTIONS } from "../failoverFunctions";
import { createConfigApi, type Request } from "../handlers/answers";
import { documentClient, setting } from "../handlers/clients";
import { StateStore } from "../handlers/stateStore";

/** Creates the function that serves `GET /api/config`. */
export function createConfigApiFunction(
  name: string,
  args: RegionalFailoverArgs,
  parent: pulumi.Resource,
): InlineFunction<Request> {
  return new InlineFunction<Request>(
    `${name}-answers`,
    {
      description: "Serves the configuration of the storefront.",
      environment: {
        STATE_TABLE: args.regions.tableName,
        PEER_REGIONS: JSON.stringify(args.peerRegions ?? []),
        SETTINGS: pulumi.jsonStringify(args.settings),
      },
      // Without a peer there is no other Region to look up.
      grants: !args.peerRegions?.length
        ? []
        : [allow(reference("dynamodb:table", args.regions.tableArn), "dynamodb:Query")],
      timeoutSeconds: 5,
      ...settingsOf<typeof FAILOVER_FUNCTIONS>(args, "answers"),
      callbackFactory: () =>
        answerUnknownRoutes(
          createConfigApi({
            region: setting("AWS_REGION"),
            peerRegions: JSON.parse(setting("PEER_REGIONS")) as string[],
            store: new StateStore(documentClient(), setting("STATE_TABLE")),
            settings: JSON.parse(setting("SETTINGS")),
            log: createLogger("regions"),
            now: Date.now,
          }),
        ),
    },
    { parent },
  );
}

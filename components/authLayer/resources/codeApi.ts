import type * as pulumi from "@pulumi/pulumi";
import { CODES_PATH } from "../../../domain/auth";
import { HttpApi, type Invocable } from "../../infrastructure/httpApi";
import type { InlineFunction } from "../../inlineFunction";
import { DEFAULT_ROUTE } from "../../runtime/unknownRoute";
import type { AuthLayerArgs } from "../args";

/** Creates the HTTP API for sign-in codes. */
export function createCodeApi(
  name: string,
  { request, edge }: { request: InlineFunction; edge?: Invocable },
  { cors, logRetentionDays }: Pick<AuthLayerArgs, "cors" | "logRetentionDays">,
  parent: pulumi.Resource,
): HttpApi {
  return new HttpApi(
    name,
    {
      description: "Sign-in codes.",
      routes: { [`POST ${CODES_PATH}`]: { function: request }, [DEFAULT_ROUTE]: { function: request } },
      // After the loss of a Region all customers sign in again within some minutes; that is the highest load.
      throttle: { requestsPerSecond: 50, burst: 100 },
      edge,
      cors,
      logRetentionDays,
    },
    { parent },
  );
}

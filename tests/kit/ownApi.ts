import { EDGE_HEADER } from "../../components/runtime/edgeHeader";
import { resourcesOfType } from "../../local/deployment/deployment";
import type { Store } from "../../local/store";

/** Returns the address of a Region's own API, which does not depend on DNS failover. Calls need {@link edgeHeaders}. */
export function ownApi(store: Store, region: string, name: "orders" | "catalogue" | "failover"): string {
  const running = store.regions[region];
  if (!running) throw new Error(`There is no Region ${region}.`);
  const api = resourcesOfType(running.deployment, "aws:apigatewayv2/api:Api").find(
    (each) => each.name === `${name}-api`,
  );
  if (!api) throw new Error(`There is no API ${name}.`);
  return `${running.endpoint}/_aws/execute-api/${api.id}/$default`;
}

/** Returns the header that CloudFront sends to the APIs; none without a domain. */
export function edgeHeaders(store: Store): Record<string, string> {
  const headers = Object.values(store.regions)
    .flatMap(({ deployment }) => resourcesOfType(deployment, "aws:cloudfront/distribution:Distribution"))
    .flatMap(({ inputs }) => inputs["origins"] as { customHeaders?: { name: string; value: string }[] }[])
    .flatMap(({ customHeaders = [] }) => customHeaders);
  const secret = headers.find(({ name }) => name === EDGE_HEADER);
  return secret ? { [EDGE_HEADER]: secret.value } : {};
}

import type { Deployment } from "../../deployment/deployment";
import { resourcesOfType } from "../../deployment/deployment";
import type { Distribution } from "./distribution";
import { type EdgeRequest, type EdgeResponse, resultTypeOf } from "./exchange";

/** A request with its response, as CloudFront's log describes it. */
export interface Exchange {
  request: EdgeRequest;
  response: EdgeResponse;
  /** Milliseconds from the request to the response's headers. */
  tookMs: number;
  httpVersion: string;
}

/** Formats the entry of a request, or returns `undefined` for a distribution without access log. */
export type AccessLog = (distribution: Distribution, exchange: Exchange) => string | undefined;

const text = (value: string | string[] | number | undefined) => (value === undefined ? "-" : String(value));

/** Values of CloudFront's fields. The edge measures no sizes of streamed responses, has no TLS and no edge locations. */
const VALUES: Record<string, (exchange: Exchange) => string> = {
  date: () => new Date().toISOString().slice(0, 10),
  time: () => new Date().toISOString().slice(11, 19),
  "x-edge-request-id": ({ request }) => request.requestId,
  "c-ip": ({ request }) => request.viewerIp,
  "x-host-header": ({ request }) => text(request.headers.host),
  "cs-method": ({ request }) => request.method,
  "cs-uri-stem": ({ request }) => request.uri,
  "cs-protocol-version": ({ httpVersion }) => `HTTP/${httpVersion}`,
  "cs(User-Agent)": ({ request }) => text(request.headers["user-agent"]),
  "sc-status": ({ response }) => String(response.status),
  "sc-bytes": ({ response }) => text(response.headers["content-length"]),
  "time-taken": ({ tookMs }) => (tookMs / 1_000).toFixed(3),
  "x-edge-location": () => "LOCAL",
  "x-edge-result-type": ({ response }) => resultTypeOf(response),
};

/**
 * Reads the deliveries of the distributions' access logs (standard logging v2, JSON). Fields that the edge doesn't know are `-`, as CloudFront
 * writes a missing value.
 */
export function accessLogOf(deployments: readonly Pick<Deployment, "resources">[]): AccessLog {
  const resources = deployments.flatMap((deployment) => deployment.resources);
  const arnOf = new Map(
    resourcesOfType({ resources }, "aws:cloudwatch/logDeliverySource:LogDeliverySource").map(({ inputs }) => [
      inputs["name"],
      inputs["resourceArn"],
    ]),
  );
  const fieldsOf = new Map(
    resourcesOfType({ resources }, "aws:cloudwatch/logDelivery:LogDelivery").map(({ inputs }) => [
      arnOf.get(inputs["deliverySourceName"]),
      inputs["recordFields"] as string[],
    ]),
  );
  return ({ arn }, exchange) => {
    const fields = fieldsOf.get(arn);
    return fields && JSON.stringify(Object.fromEntries(fields.map((name) => [name, VALUES[name]?.(exchange) ?? "-"])));
  };
}

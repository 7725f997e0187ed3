import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { asset } from "@pulumi/pulumi";
import { load } from "./bundles";
import type { Inputs } from "./orderServiceStand";

/** A call of AWS: `PutItem`, or the path of a REST API. */
interface AwsCall {
  action: string;
  body: string;
}

export interface Outcome {
  /** Response of the function. */
  result: { statusCode?: number; body?: string } | undefined;
  calls: AwsCall[];
}

/** Calls a registered function's bundle as Lambda does, with its environment, against a stand-in of AWS whose tables are empty. */
export async function callFunction({ code, environment }: Inputs, event: unknown): Promise<Outcome> {
  const calls: AwsCall[] = [];
  const aws = createServer(async (request, response) => {
    const action = String(request.headers["x-amz-target"] ?? request.url).replace(/^\w+\./, "");
    calls.push({ action, body: await text(request) });
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end('{"Items":[],"Responses":{}}');
  });
  await once(aws.listen(0, "127.0.0.1"), "listening");
  const { variables = {} } = (environment ?? {}) as { variables?: Record<string, string> };
  const before = { ...process.env };
  Object.assign(process.env, variables, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
  });
  try {
    const assets = await (code as asset.AssetArchive).assets;
    const handler = load<unknown, Outcome["result"]>(await (assets["index.js"] as asset.FileAsset).path);
    return { result: await handler(event), calls };
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    aws.closeAllConnections();
    aws.close();
  }
}

/** Request of a signed-in customer, as API Gateway sends it. */
export const requestTo = (
  routeKey: string,
  {
    body,
    groups = "customers",
    ...pathParameters
  }: { body?: object; groups?: string; [parameter: string]: unknown } = {},
) => ({
  routeKey,
  rawPath: routeKey.replace(/^\w+ /, ""),
  rawQueryString: "",
  pathParameters,
  headers: { "content-type": "application/json", "idempotency-key": "key-1" },
  isBase64Encoded: false,
  ...(body && { body: JSON.stringify(body) }),
  requestContext: {
    requestId: "request-1",
    http: { method: routeKey.split(" ")[0] },
    authorizer: { lambda: { customerId: "customer-1", groups } },
  },
});

/** Status, and the title of a refusal or the body. */
export function summaryOf({ result }: Outcome): [status: number | undefined, answer: unknown] {
  const body = JSON.parse(result?.body ?? "null");
  return [result?.statusCode, body?.title ?? body];
}

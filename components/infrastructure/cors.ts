import type * as aws from "@pulumi/aws";
import type { ArgumentChecks } from "../arguments/checks";

/** Pages of other origins that may call an API. API Gateway answers their preflight requests itself. */
export interface CorsArgs {
  /** Origins, such as `["https://shop.example.com"]`, or `["*"]` for every page. Loopback origins may do without TLS. */
  allowOrigins: readonly string[];
  /** Methods. Default: those of the API's routes. */
  allowMethods?: readonly string[];
  /** Request headers. Default: `CORS_HEADERS`. */
  allowHeaders?: readonly string[];
  /** Response headers that the page may read. Default: `etag` and `retry-after`. */
  exposeHeaders?: readonly string[];
  /** Admits requests with cookies; not with the origin `*`. The store's own APIs use none. Default: false. */
  allowCredentials?: boolean;
  /** Seconds for which a browser keeps the answer to a preflight request, 0 to 86,400. Default: 300. */
  maxAgeSeconds?: number;
}

/** Request headers of the store's APIs. */
export const CORS_HEADERS = ["authorization", "content-type", "idempotency-key", "if-match"] as const;

const METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "*"];

const ORIGIN = {
  pattern: /^(https:\/\/[a-z0-9.-]+|http:\/\/(127\.0\.0\.1|localhost))(:\d+)?$/,
  description: "an origin such as https://shop.example.com, without a path",
};

const FIELDS: Record<keyof CorsArgs, true> = {
  allowOrigins: true,
  allowMethods: true,
  allowHeaders: true,
  exposeHeaders: true,
  allowCredentials: true,
  maxAgeSeconds: true,
};

/** Checks the argument `cors`. */
export function checkCors(checks: ArgumentChecks, cors: CorsArgs | undefined): void {
  checks.fields("cors", cors, FIELDS);
  if (cors === undefined) return;
  const { allowOrigins, allowMethods = [], allowCredentials, maxAgeSeconds } = cors;
  checks.notEmpty({ "cors.allowOrigins": allowOrigins ?? "" }, "name an origin");
  if (allowOrigins.includes("*")) {
    if (allowOrigins.length > 1) {
      throw checks.violation("cors.allowOrigins", 'has "*" beside others', 'name the origins, or be ["*"]');
    }
    if (allowCredentials) {
      const reason = "each page could then act in the name of a signed-in customer";
      throw checks.violation("cors.allowCredentials", "is true", 'be left out beside the origin "*"', reason);
    }
  } else {
    for (const [index, origin] of allowOrigins.entries()) {
      checks.text({ [`cors.allowOrigins[${index}]`]: origin }, ORIGIN);
    }
  }
  for (const [index, method] of allowMethods.entries()) {
    checks.oneOf({ [`cors.allowMethods[${index}]`]: method }, METHODS);
  }
  checks.wholeNumber({ "cors.maxAgeSeconds": maxAgeSeconds }, [0, 86_400]);
}

/** Returns the API's setting. */
export function corsOf(
  cors: CorsArgs,
  routeKeys: readonly string[],
): aws.types.input.apigatewayv2.ApiCorsConfiguration {
  const methods = new Set(routeKeys.filter((key) => key.includes(" ")).map((key) => key.split(" ")[0]!));
  return {
    allowOrigins: [...cors.allowOrigins],
    allowMethods: [...(cors.allowMethods ?? (methods.has("ANY") ? ["*"] : methods))],
    allowHeaders: [...(cors.allowHeaders ?? CORS_HEADERS)],
    exposeHeaders: [...(cors.exposeHeaders ?? ["etag", "retry-after"])],
    allowCredentials: cors.allowCredentials ?? false,
    maxAge: cors.maxAgeSeconds ?? 300,
  };
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks } from "../arguments/checks";
import { applyTransform, type Transform } from "../arguments/overrides";
import { EDGE_HEADER } from "../runtime/edgeHeader";
import { DEFAULT_ROUTE } from "../runtime/unknownRoute";
import { type CorsArgs, checkCors, corsOf } from "./cors";

/** Lambda function that API Gateway may call, such as an `InlineFunction`. */
export interface Invocable {
  name: pulumi.Input<string>;
  invokeArn: pulumi.Input<string>;
  /** Alias or version in `invokeArn`: a permission for the function does not cover its alias. Default: none. */
  qualifier?: pulumi.Input<string>;
}

/** Checks the caller's token, such as an `AuthLayer`. */
export interface Authorization {
  authorizer: Invocable;
  /** Checks that a request came through CloudFront. If given, `authorizer` checks it too. Default: none. */
  edge?: Invocable;
}

export interface HttpApiRoute {
  /** Handles the route's requests. One function may handle several routes. */
  function: Invocable;
  /** Admits only requests with an accepted token: 401 without a token, 403 with a bad one. Default: the route is public. */
  auth?: Authorization;
}

export interface HttpApiArgs {
  /** Shown in the console. Default: none. */
  description?: string;
  /** Routes by method and whole path, as the caller sees it: `"GET /api/orders/{orderId}"`. */
  routes: Record<string, HttpApiRoute>;
  /**
   * Secret path segment in front of every route's path. It is part of the route key, so that requests without it do not count
   * towards a route's throttle, and the access log omits routes. After a change the old segment is served until all callers are updated.
   * Default: none.
   */
  secretPrefix?: pulumi.Input<string>;
  /**
   * Requests per second and burst above which API Gateway answers 429, for each route.
   * Default: 500 per second, burst 1,000, which limits the bill and is enough for a sale.
   */
  throttle?: { requestsPerSecond: number; burst: number };
  /** Seconds for which API Gateway caches the authorizer's response for a token; 0–3600. Default: 300. */
  authorizationCacheSeconds?: number;
  /**
   * Admits only requests from CloudFront, by `EDGE_HEADER`: authorizes the routes without `auth` (`AuthLayer.edge`). The API's own
   * address (`url`) is then disabled, so it needs a domain name. Default: none; the API admits requests past CloudFront.
   */
  edge?: Invocable;
  /**
   * Lets pages of other origins call the API. With `edge`, they call it through CloudFront, which sends the secret. Default: none; only pages of
   * the site's own origin.
   */
  cors?: CorsArgs;
  /** Days that access logs are kept. Default: 30. */
  logRetentionDays?: number;
  /** Overrides for the underlying resources. */
  transform?: {
    api?: Transform<aws.apigatewayv2.ApiArgs>;
    stage?: Transform<aws.apigatewayv2.StageArgs>;
  };
}

/**
 * HTTP API whose routes have the same path under CloudFront, a custom domain and the API's own address. Access logs and
 * throttling are on. Metrics cover the API as a whole, because metrics by route cost more than the calls.
 *
 * Cost: API Gateway's price and one log line per request; nothing while idle.
 *
 * @example
 * const api = new HttpApi("orders", { routes: { "GET /api/orders": { function: list, auth } } });
 * export const url = api.url;
 */
export class HttpApi extends pulumi.ComponentResource {
  /** `https://ID.execute-api.REGION.amazonaws.com`, without a trailing slash. */
  public readonly url: pulumi.Output<string>;
  /** The API of API Gateway. */
  public readonly api: aws.apigatewayv2.Api;
  /** Its only stage, `$default`. */
  public readonly stage: aws.apigatewayv2.Stage;
  /** One JSON line per request, in `accessLogFormat`. */
  public readonly accessLog: aws.cloudwatch.LogGroup;

  constructor(name: string, args: HttpApiArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stayopen:index:HttpApi", name, {}, opts);

    this.api = new aws.apigatewayv2.Api(
      `${name}-api`,
      applyTransform<aws.apigatewayv2.ApiArgs>(
        {
          protocolType: "HTTP",
          description: args.description,
          ...(args.edge && { disableExecuteApiEndpoint: true }),
          ...(args.cors && { corsConfiguration: corsOf(args.cors, Object.keys(args.routes)) }),
        },
        args.transform?.api,
      ),
      { parent: this },
    );
    const routes = this.addRoutes(name, args);
    this.accessLog = this.addAccessLog(name, args);
    this.stage = this.addStage(name, args, routes);
    this.url = this.api.apiEndpoint;

    this.registerOutputs({ url: this.url });
  }

  /** The underlying resources, for settings that the arguments do not cover. */
  public get nodes() {
    const { api, stage, accessLog } = this;
    return { api, stage, accessLog };
  }

  private addRoutes(name: string, args: HttpApiArgs): aws.apigatewayv2.Route[] {
    const targets = new Map<Invocable, pulumi.Output<string>>();
    const authorizers = new Map<Invocable, pulumi.Output<string>>();
    const edgeAuthorizerId = args.edge && this.authorize(`${name}-edge`, args.edge, args, [EDGE]);
    return Object.entries(args.routes).map(([key, route]) => {
      const routeName = `${name}-${slug(key)}`;
      const target = remember(targets, route.function, () => this.integrate(routeName, route.function));
      const authorizerId =
        route.auth === undefined
          ? edgeAuthorizerId
          : remember(authorizers, route.auth.authorizer, (count) =>
              this.authorize(count === 0 ? name : `${name}-${count + 1}`, route.auth!.authorizer, args, [
                AUTHORIZATION,
                ...(args.edge ? [EDGE] : []),
              ]),
            );
      return new aws.apigatewayv2.Route(
        routeName,
        {
          apiId: this.api.id,
          routeKey: args.secretPrefix === undefined ? key : prefixed(key, args.secretPrefix),
          target,
          authorizationType: authorizerId ? "CUSTOM" : "NONE",
          authorizerId,
        },
        // An update in place would answer 404 to callers that still use the old key.
        { parent: this, ...(args.secretPrefix !== undefined && { replaceOnChanges: ["routeKey"] }) },
      );
    });
  }

  /** Creates one integration per function, named after the first route that uses it. */
  private integrate(name: string, target: Invocable): pulumi.Output<string> {
    const integration = new aws.apigatewayv2.Integration(
      name,
      {
        apiId: this.api.id,
        integrationType: "AWS_PROXY",
        integrationUri: target.invokeArn,
        integrationMethod: "POST",
        payloadFormatVersion: "2.0",
        // The maximum of HTTP APIs; a function's own time-out is shorter.
        timeoutMilliseconds: 30_000,
      },
      { parent: this },
    );
    this.permit(name, target, "*/*");
    return pulumi.interpolate`integrations/${integration.id}`;
  }

  private authorize(
    name: string,
    authorizer: Invocable,
    args: HttpApiArgs,
    identitySources: string[],
  ): pulumi.Output<string> {
    const { id } = new aws.apigatewayv2.Authorizer(
      `${name}-authorizer`,
      {
        apiId: this.api.id,
        authorizerType: "REQUEST",
        authorizerUri: authorizer.invokeArn,
        authorizerPayloadFormatVersion: "2.0",
        enableSimpleResponses: true,
        // A request without one of the headers is refused before the function runs. API Gateway caches its answer under all of them.
        identitySources,
        authorizerResultTtlInSeconds: args.authorizationCacheSeconds ?? 300,
      },
      { parent: this },
    );
    this.permit(`${name}-authorizer`, authorizer, pulumi.interpolate`authorizers/${id}`);
    return id;
  }

  /** Permits calls of a function from one part of this API. */
  private permit(name: string, target: Invocable, part: pulumi.Input<string>): void {
    new aws.lambda.Permission(
      name,
      {
        action: "lambda:InvokeFunction",
        function: target.name,
        qualifier: target.qualifier,
        principal: "apigateway.amazonaws.com",
        sourceArn: pulumi.interpolate`${this.api.executionArn}/${part}`,
      },
      { parent: this },
    );
  }

  private addAccessLog(name: string, args: HttpApiArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
      `${name}-access`,
      {
        // Log groups below /aws/vendedlogs/ do not count towards the size limit of the account's log resource policy.
        name: pulumi.interpolate`/aws/vendedlogs/apigateway/${this.api.id}`,
        retentionInDays: args.logRetentionDays ?? 30,
      },
      { parent: this },
    );
  }

  private addStage(name: string, args: HttpApiArgs, routes: aws.apigatewayv2.Route[]): aws.apigatewayv2.Stage {
    return new aws.apigatewayv2.Stage(
      `${name}-stage`,
      applyTransform<aws.apigatewayv2.StageArgs>(
        {
          apiId: this.api.id,
          name: "$default",
          autoDeploy: true,
          accessLogSettings: {
            destinationArn: this.accessLog.arn,
            format: accessLogFormat(args.secretPrefix === undefined),
          },
          defaultRouteSettings: {
            throttlingRateLimit: args.throttle?.requestsPerSecond ?? 500,
            throttlingBurstLimit: args.throttle?.burst ?? 1_000,
          },
        },
        args.transform?.stage,
      ),
      { parent: this, dependsOn: routes },
    );
  }
}

const AUTHORIZATION = "$request.header.Authorization";
const EDGE = `$request.header.${EDGE_HEADER}`;

/**
 * One JSON line per request; `integrationRequestId` is the Lambda request id in the function's logs. `sourceIp` is the address that connected: of
 * CloudFront for requests through it, whose own log has the viewer's. Paths, query strings and headers are left out, because callers choose them.
 */
const accessLogFormat = (withRoute: boolean): string =>
  JSON.stringify({
    time: "$context.requestTime",
    sourceIp: "$context.identity.sourceIp",
    requestId: "$context.requestId",
    integrationRequestId: "$context.integration.requestId",
    ...(withRoute && { route: "$context.routeKey" }),
    status: "$context.status",
    authorizerError: "$context.authorizer.error",
    integrationStatus: "$context.integration.status",
    integrationError: "$context.integration.error",
    latencyMs: "$context.responseLatency",
    integrationLatencyMs: "$context.integration.latency",
    responseBytes: "$context.responseLength",
  });

function checkArgs(name: string, args: HttpApiArgs): void {
  const { routes, secretPrefix, throttle, authorizationCacheSeconds, cors } = args;
  const checks = new ArgumentChecks("HttpApi", name);
  checks.notEmpty({ routes }, "have a route");
  for (const key of Object.keys(routes)) {
    if (key === DEFAULT_ROUTE && secretPrefix !== undefined) {
      const reason = "that route would answer without the prefix";
      throw checks.violation("routes", `has "${DEFAULT_ROUTE}"`, "not have it beside `secretPrefix`", reason);
    }
    if (key === DEFAULT_ROUTE || /^(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) \/\S*$/.test(key)) continue;
    throw checks.violation("routes", `has "${key}"`, 'have routes such as "GET /api/orders/{orderId}"');
  }
  checks.wholeNumber({ authorizationCacheSeconds }, [0, 3_600]);
  checkCors(checks, cors);
  const catchAll = cors && Object.keys(routes).find((key) => routes[key]?.auth && /^(ANY |\$default$)/.test(key));
  if (catchAll !== undefined) {
    const reason = "it receives preflight requests, which browsers send without a token";
    throw checks.violation("routes", `has "${catchAll}" with \`auth\``, "name its methods beside `cors`", reason);
  }
  checks.above({ "throttle.requestsPerSecond": throttle?.requestsPerSecond, "throttle.burst": throttle?.burst }, 0);
}

function remember<V>(known: Map<Invocable, V>, key: Invocable, make: (count: number) => V): V {
  const value = known.get(key) ?? make(known.size);
  known.set(key, value);
  return value;
}

/** `GET /health` → `GET /PREFIX/health` */
const prefixed = (routeKey: string, prefix: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.output(prefix).apply((segment) => routeKey.replace(" ", ` /${segment}`));

/** `GET /api/orders/{orderId}` → `get-api-orders-orderId` */
const slug = (routeKey: string) =>
  routeKey
    .replace(/^\S+/, (method) => method.toLowerCase())
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");

import "../../../disablePromiseTraces";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { HttpApi, type HttpApiArgs } from "../../../components/infrastructure/httpApi";
import { expectRefusal } from "../../kit/refusals";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** Registers an HttpApi with mocked outputs and returns the resources in the order of their names. */
async function register(args: HttpApiArgs): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, name, inputs });
      return {
        id: `${name}-id`,
        state: { ...inputs, apiEndpoint: `https://${name}.example`, executionArn: `arn:${name}`, arn: `arn:${name}` },
      };
    },
    call: () => ({}),
  });
  const api = new HttpApi("orders", args);
  await new Promise<void>((resolve) => api.stage.urn.apply(() => resolve()));
  await pulumi.runtime.disconnect();
  return registered;
}

const submit = { name: "submit", invokeArn: "arn:invoke:submit" };
const read = { name: "read", invokeArn: "arn:invoke:read" };
const auth = { authorizer: { name: "check", invokeArn: "arn:invoke:check" } };

const of = (resources: Registered[], type: string) =>
  resources.filter((resource) => resource.type.endsWith(`:${type}`));

describe("HttpApi", () => {
  it("admits only requests from CloudFront with an edge: every route has an authorizer that sees the header", async () => {
    const resources = await register({
      routes: {
        "GET /api/orders": { function: read, auth },
        "POST /api/orders/webhooks/payment": { function: submit },
        $default: { function: submit },
      },
      edge: { name: "edge", invokeArn: "arn:invoke:edge" },
    });

    expect(of(resources, "Api")[0]?.inputs["disableExecuteApiEndpoint"]).to.equal(true);
    expect(
      of(resources, "Authorizer").map(({ inputs }) => [inputs["authorizerUri"], inputs["identitySources"]]),
    ).to.have.deep.members([
      ["arn:invoke:edge", ["$request.header.x-stayopen-edge"]],
      ["arn:invoke:check", ["$request.header.Authorization", "$request.header.x-stayopen-edge"]],
    ]);
    expect(
      of(resources, "Route").map(({ inputs }) => [
        inputs["routeKey"],
        inputs["authorizationType"],
        inputs["authorizerId"],
      ]),
    ).to.have.deep.members([
      ["GET /api/orders", "CUSTOM", "orders-authorizer-id"],
      ["POST /api/orders/webhooks/payment", "CUSTOM", "orders-edge-authorizer-id"],
      ["$default", "CUSTOM", "orders-edge-authorizer-id"],
    ]);
    expect(of(resources, "Permission").map(({ inputs }) => inputs["sourceArn"])).to.include(
      "arn:orders-api/authorizers/orders-edge-authorizer-id",
    );
  });

  it("routes whole paths to functions, with one integration and permission per function", async () => {
    const resources = await register({
      routes: {
        "POST /api/orders": { function: submit },
        "GET /api/orders": { function: read },
        "GET /api/orders/{orderId}": { function: read },
      },
    });

    expect(
      of(resources, "Route").map((route) => [route.name, route.inputs["routeKey"], route.inputs["target"]]),
    ).to.have.deep.members([
      ["orders-post-api-orders", "POST /api/orders", "integrations/orders-post-api-orders-id"],
      ["orders-get-api-orders", "GET /api/orders", "integrations/orders-get-api-orders-id"],
      ["orders-get-api-orders-orderId", "GET /api/orders/{orderId}", "integrations/orders-get-api-orders-id"],
    ]);
    expect(of(resources, "Integration")).to.have.length(2);
    expect(
      of(resources, "Permission").map(({ inputs }) => [inputs["function"], inputs["sourceArn"]]),
    ).to.have.deep.members([
      ["submit", "arn:orders-api/*/*"],
      ["read", "arn:orders-api/*/*"],
    ]);
  });

  it("may call the alias that it calls", async () => {
    const warm = { name: "read", invokeArn: "arn:invoke:read:live", qualifier: "live" };
    const resources = await register({
      routes: { "GET /api/orders": { function: warm, auth: { authorizer: { ...warm, name: "check" } } } },
    });
    expect(
      of(resources, "Permission").map(({ inputs }) => [inputs["function"], inputs["qualifier"]]),
    ).to.have.deep.members([
      ["read", "live"],
      ["check", "live"],
    ]);
  });

  it("admits requests of a protected route only through its authorizer", async () => {
    const resources = await register({
      routes: { "POST /api/orders": { function: submit, auth }, "GET /api/orders": { function: read, auth } },
    });

    const [authorizer, ...others] = of(resources, "Authorizer");
    expect(others).to.have.length(0);
    expect(authorizer?.inputs).to.include({
      authorizerUri: "arn:invoke:check",
      authorizerPayloadFormatVersion: "2.0",
      enableSimpleResponses: true,
    });
    for (const route of of(resources, "Route")) {
      expect(route.inputs).to.include({ authorizationType: "CUSTOM", authorizerId: "orders-authorizer-id" });
    }
    expect(
      of(resources, "Permission").find(({ inputs }) => inputs["function"] === "check")?.inputs["sourceArn"],
    ).to.equal("arn:orders-api/authorizers/orders-authorizer-id");
  });

  it("throttles every route and keeps access logs for 30 days by default", async () => {
    const resources = await register({ routes: { "GET /api/orders": { function: read } } });

    expect(of(resources, "Stage")[0]?.inputs["defaultRouteSettings"]).to.deep.equal({
      throttlingRateLimit: 500,
      throttlingBurstLimit: 1_000,
    });
    expect(of(resources, "LogGroup")[0]?.inputs).to.include({
      name: "/aws/vendedlogs/apigateway/orders-api-id",
      retentionInDays: 30,
    });
  });

  it("accepts a default route, but not with a secret prefix", async () => {
    expect(() => new HttpApi("orders", { routes: { $default: { function: read } } })).not.to.throw();
    await expectRefusal(
      "HttpApi",
      () => new HttpApi("checks", { routes: { $default: { function: read } }, secretPrefix: "key" }),
      /`routes` has "\$default"; it must not have it beside `secretPrefix`/,
    );
  });

  it("lets pages of the named origins call the routes", async () => {
    const resources = await register({
      routes: {
        "GET /api/orders": { function: read, auth },
        "PUT /api/orders": { function: read },
        $default: { function: read },
      },
      cors: { allowOrigins: ["https://shop.example.com", "http://localhost:8080"] },
    });
    expect(of(resources, "Api")[0]!.inputs["corsConfiguration"]).to.deep.equal({
      allowOrigins: ["https://shop.example.com", "http://localhost:8080"],
      allowMethods: ["GET", "PUT"],
      allowHeaders: ["authorization", "content-type", "idempotency-key", "if-match"],
      exposeHeaders: ["etag", "retry-after"],
      allowCredentials: false,
      maxAge: 300,
    });
    const own = await register({
      routes: { "ANY /": { function: read } },
      cors: { allowOrigins: ["*"], maxAgeSeconds: 0 },
    });
    expect(of(own, "Api")[0]!.inputs["corsConfiguration"]).to.include({ maxAge: 0 });
    expect(of(own, "Api")[0]!.inputs["corsConfiguration"]).to.deep.include({ allowMethods: ["*"] });
    const none = await register({ routes: { "GET /": { function: read } } });
    expect(of(none, "Api")[0]!.inputs).not.to.have.property("corsConfiguration");
  });

  const routes = { "GET /": { function: read } };
  for (const [what, args, sentence] of [
    [
      "a route without a method",
      { routes: { "/api/orders": { function: read } } },
      /`routes` has "\/api\/orders"; it must have routes such as "GET \/api\/orders\/\{orderId\}"/,
    ],
    ["no route", { routes: {} }, /`routes` is empty/],
    [
      "a longer cache than API Gateway has",
      { routes: { "GET /": { function: read } }, authorizationCacheSeconds: 7_200 },
      /`authorizationCacheSeconds` is 7200/,
    ],
    [
      "every origin with credentials",
      { routes, cors: { allowOrigins: ["*"], allowCredentials: true } },
      /`cors.allowCredentials` is true; it must be left out beside the origin "\*", because/,
    ],
    [
      "an origin without TLS",
      { routes, cors: { allowOrigins: ["http://a.example"] } },
      /`cors.allowOrigins\[0\]` is "http/,
    ],
    [
      "an origin with a path",
      { routes, cors: { allowOrigins: ["https://a.example/"] } },
      /`cors.allowOrigins\[0\]` is/,
    ],
    [
      "every origin beside one",
      { routes, cors: { allowOrigins: ["*", "https://a.example"] } },
      /has "\*" beside others/,
    ],
    ["no origin", { routes, cors: { allowOrigins: [] } }, /`cors.allowOrigins` is empty/],
    [
      "an unknown method",
      { routes, cors: { allowOrigins: ["*"], allowMethods: ["get"] } },
      /`cors.allowMethods\[0\]` is "get"/,
    ],
    [
      "a longer preflight cache",
      { routes, cors: { allowOrigins: ["*"], maxAgeSeconds: 86_401 } },
      /`cors.maxAgeSeconds` is 86401/,
    ],
    [
      "preflight requests that need a token",
      { routes: { "ANY /": { function: read, auth } }, cors: { allowOrigins: ["*"] } },
      /`routes` has "ANY \/" with `auth`; it must name its methods beside `cors`/,
    ],
  ] as const) {
    it(`refuses ${what}`, () => expectRefusal("HttpApi", () => new HttpApi("orders", args), sentence));
  }

  it("applies transforms to the API and the stage", async () => {
    const resources = await register({
      routes: { "GET /": { function: read } },
      transform: { api: { disableExecuteApiEndpoint: true }, stage: { stageVariables: { a: "b" } } },
    });
    expect(of(resources, "Api")[0]!.inputs).to.include({ disableExecuteApiEndpoint: true, protocolType: "HTTP" });
    expect(of(resources, "Stage")[0]!.inputs).to.deep.include({ stageVariables: { a: "b" } });
  });
});

import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { RegionalFailover, type RegionalFailoverArgs } from "../../../../components/regionalFailover";
import { createCheckApi, type Request } from "../../../../components/regionalFailover/handlers/answers";
import { probe } from "../../../../components/regionalFailover/handlers/probe";
import { toRegionRecords } from "../../../../domain/region";
import { HealthChecks } from "../../../../local/aws/edge/dns/healthChecks";
import type { DeployedResource } from "../../../../local/deployment/deployment";
import { closeServer, listen } from "../../../../local/servers/listen";

const region = "us-east-1";
const key = "f".repeat(64);
/** Health checks run ten times a second, and three consecutive results decide. */
const timeScale = 100;

describe("A flood of anonymous requests", function () {
  this.timeout(300_000);
  let gateway: Gateway;
  let checks: HealthChecks;
  const log: string[] = [];

  before(async () => {
    const resources = await register();
    gateway = await startGateway(resources);
    checks = new HealthChecks({ addressOf: () => ({ url: gateway.url }), timeScale, log: (line) => log.push(line) });
    const healthChecks = resources.filter(({ type }) => type.endsWith(":HealthCheck"));
    // The control: results of a check that polls a public route.
    const known = { ...healthChecks[0]!, id: "check-known", name: "known" };
    known.inputs = { ...known.inputs, resourcePath: "/api/config", invertHealthcheck: false };
    checks.update([{ stack: "prod-east", resources: [...healthChecks, known] }]);
  });
  after(async () => {
    checks?.stop();
    if (gateway) await closeServer(gateway.server);
  });

  it("exhausts public routes, and leaves the Region healthy for Route 53 and the peer", async () => {
    const guesses = [
      "/api/config",
      "/regions/health",
      `/regions/${region}/drained`,
      `/${"0".repeat(64)}/regions/health`,
      `/${key.slice(1)}/regions/health`,
    ];
    let floods = true;
    const statuses = new Set<number>();
    const flood = Array.from({ length: 16 }, async (_, stranger) => {
      while (floods) {
        const response = await fetch(`${gateway.url}${guesses[stranger % guesses.length]}`);
        await response.arrayBuffer();
        statuses.add(response.status);
      }
    });
    // If other work slows the flood, the check of a public route may pass again later.
    let isExhausted = false;
    for (let tries = 0; tries < 2_400 && !isExhausted; tries++) {
      await sleep(50);
      isExhausted = !checks.isHealthy("check-known");
    }
    await sleep(2_000);
    const { verdict } = await probe(`${gateway.url}/${key}/regions/health`, 4_000);
    const { "check-known": _, ...states } = Object.fromEntries(checks.states().map(({ id, healthy }) => [id, healthy]));
    floods = false;
    await Promise.all(flood);

    expect([...statuses]).to.include(429);
    expect(isExhausted).to.equal(true);
    expect(states).to.deep.equal({
      "check-failover-own-report": true,
      "check-failover-us-west-2-report": true,
      "check-failover": true,
    });
    expect(verdict).to.equal("works");
    expect(gateway.checked()).to.be.greaterThan(10);
  });

  it("does not make the peer declare the Region dead, even on the health route", async () => {
    const url = `${gateway.url}/${key}/regions/health`;
    const verdicts = await Promise.all(Array.from({ length: 500 }, () => probe(url, 100_000)));

    expect(new Set(verdicts.map(({ said }) => said))).to.deep.equal(new Set(["200", "429"]));
    expect(new Set(verdicts.map(({ verdict }) => verdict))).to.deep.equal(new Set(["works", "nothing"]));
  });
});

/** Resources that RegionalFailover registers in us-east-1, with a domain. */
async function register(): Promise<DeployedResource[]> {
  const made: { type: string; name: string; id: string; inputs: Record<string, unknown> }[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const id = type.endsWith("HealthCheck") ? `check-${name}` : `${name}-id`;
        made.push({ type, name, id, inputs: mapValues(inputs) });
        const arn = `arn:aws:any:${region}:123456789012:${name}`;
        const domainNameConfiguration = { targetDomainName: "d-1.example", hostedZoneId: "ZAPIGATEWAY" };
        const domainValidationOptions = [
          { resourceRecordName: "_v", resourceRecordType: "CNAME", resourceRecordValue: "_v.example" },
        ];
        const outputs = { arn, invokeArn: arn, domainNameConfiguration, domainValidationOptions };
        return { id, state: { ...inputs, ...outputs, name: inputs.name ?? name } };
      },
      call: ({ inputs }) => inputs,
    },
    "stayopen",
    "prod-east",
  );
  const arn = (kind: string, name: string) => pulumi.output(`arn:aws:${kind}:${region}:123456789012:${name}`);
  const api = { api: { id: "api" }, stage: { name: "$default" }, url: pulumi.output("https://api.example") };
  await pulumi.runtime.runInPulumiStack(async () => {
    new RegionalFailover("failover", {
      regions: { tableName: pulumi.output("regions"), tableArn: arn("dynamodb", "table/regions") },
      peerRegions: ["us-west-2"],
      services: { orders: { api }, catalogue: { api } } as unknown as RegionalFailoverArgs["services"],
      checkKey: key,
      takeover: { arn: arn("lambda", "function:takeover") },
      settings: { currency: "EUR", card: {}, auth: {} } as unknown as RegionalFailoverArgs["settings"],
      domain: { name: "example.com", zoneId: "Z0123456789ABCDEFGHIJ", primary: true },
    });
    return {};
  });
  await pulumi.runtime.disconnect();
  return made as unknown as DeployedResource[];
}

/** Returns inputs as the provider gets them: mocks receive secrets wrapped. */
const mapValues = (inputs: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      name,
      pulumi.runtime.isRpcSecret(value) ? pulumi.runtime.unwrapRpcSecret(value) : value,
    ]),
  );

interface Gateway {
  url: string;
  server: Server;
  /** Requests that the function behind the health routes answered. */
  checked(): number;
}

/** API Gateway's HTTP APIs as registered: each route has its own token bucket. A request that matches no route gets a 404 and uses none. */
async function startGateway(resources: readonly DeployedResource[]): Promise<Gateway> {
  const ofType = (type: string) => resources.filter((one) => one.type.endsWith(`:${type}`)).map(({ inputs }) => inputs);
  const routes = ofType("Route").map(({ routeKey, apiId }) => {
    const [stage] = ofType("Stage").filter((one) => one["apiId"] === apiId);
    const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = stage!["defaultRouteSettings"] as {
      throttlingRateLimit: number;
      throttlingBurstLimit: number;
    };
    const path = String(routeKey).replace("GET ", "").replace("{region}", "(?<region>[^/]+)");
    // Parts of the rates, so that a busy machine can exhaust them too: the public one by a flood, the checks' own by 500 calls.
    const part = String(routeKey) === "GET /api/config" ? 100 : 4;
    return { routeKey: String(routeKey), path: new RegExp(`^${path}$`), rate: rate / part, burst: burst / part };
  });
  const buckets = new Map(routes.map(({ routeKey, burst }) => [routeKey, { left: burst, at: Date.now() }]));
  let checked = 0;
  const answer = createCheckApi({
    region,
    store: { readRecords: async () => toRegionRecords([]) },
    checkFunctions: {},
    check: async () => ({ verdict: "works", said: "200" }),
    count: () => undefined,
    log: { error: () => undefined, warn: () => undefined },
    now: Date.now,
  });
  const server = createServer(async (request, response) => {
    const route = routes.find(({ path }) => path.test(request.url ?? ""));
    if (route === undefined) return void response.writeHead(404).end('{"message":"Not Found"}');
    const bucket = buckets.get(route.routeKey)!;
    bucket.left = Math.min(route.burst, bucket.left + ((Date.now() - bucket.at) / 1000) * route.rate);
    bucket.at = Date.now();
    if (bucket.left < 1) return void response.writeHead(429).end('{"message":"Too Many Requests"}');
    bucket.left -= 1;
    if (route.routeKey === "GET /api/config") return void response.writeHead(200).end("{}");
    checked += 1;
    const { statusCode = 500, body } = await answer({
      routeKey: route.routeKey,
      pathParameters: { ...route.path.exec(request.url ?? "")?.groups },
      requestContext: { requestId: "request" },
    } as Request);
    response.writeHead(statusCode).end(body);
  });
  const url = await listen(server, 0, "fake API Gateway", { isOwnHost: () => true });
  return { url, server, checked: () => checked };
}

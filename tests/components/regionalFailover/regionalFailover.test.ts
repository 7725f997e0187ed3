import "../../../disablePromiseTraces";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { type DomainArgs, RegionalFailover, type RegionalFailoverArgs } from "../../../components/regionalFailover";
import { expectRefusal } from "../../kit/refusals";

type Inputs = Record<string, unknown>;
interface Outputs {
  urls: Record<string, string>;
  ownUrls: Record<string, string>;
  peerUrls?: Record<string, Record<string, string>>;
  regionUrl: string;
  viewer?: string;
}
interface Statement {
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

const KEY = "0123456789abcdef".repeat(4);
const ZONE = "Z0123456789ABCDEFGHIJ";
const PEER = { "us-east-1": "us-west-2", "us-west-2": "us-east-1" } as const;
type Region = keyof typeof PEER;

/** Registers one Region's RegionalFailover with mocked outputs. */
async function register(region: Region, changes: Partial<RegionalFailoverArgs> = {}) {
  const resources: { type: string; name: string; inputs: Inputs }[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs: withoutWraps(inputs) });
        const service = type.split(/[:/]/)[1] ?? "";
        const arn = `arn:aws:${service}:${region}:123456789012:${name}`;
        const configuration = inputs.domainNameConfiguration && {
          ...inputs.domainNameConfiguration,
          targetDomainName: `d-${name}.execute-api.${region}.amazonaws.com`,
          hostedZoneId: "ZAPIGATEWAY",
        };
        const domainValidationOptions = [
          {
            domainName: inputs.domainName,
            // The same for a name in every Region, as AWS does it.
            resourceRecordName: `_validate.${String(inputs.domainName).replace("*.", "")}`,
            resourceRecordType: "CNAME",
            resourceRecordValue: "_value.acm-validations.aws",
          },
        ];
        return {
          id: type.endsWith("HealthCheck") ? `check-${name}` : `${name}-id`,
          state: {
            arn,
            invokeArn: arn,
            apiEndpoint: `https://${name}.execute-api.${region}.amazonaws.com`,
            fqdn: inputs.name,
            ...inputs,
            name: inputs.name ?? name,
            ...(configuration ? { domainNameConfiguration: configuration } : {}),
            ...(type.endsWith(":Certificate") ? { domainValidationOptions } : {}),
          },
        };
      },
      call: ({ inputs }) => inputs,
    },
    "stayopen",
    region,
  );
  const arnOf = (kind: string, name: string) => pulumi.output(`arn:aws:${kind}:${region}:123456789012:${name}`);
  const api = (name: string) =>
    ({
      api: { id: pulumi.output(`${name}-api`) },
      stage: { name: pulumi.output("$default") },
      url: pulumi.output(`https://${name}.execute-api.${region}.amazonaws.com`),
    }) as unknown as RegionalFailoverArgs["services"]["orders"]["api"];
  let outputs: Outputs | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    const failover = new RegionalFailover("failover", {
      regions: { tableName: pulumi.output("regions"), tableArn: arnOf("dynamodb", "table/regions") },
      peerRegions: [PEER[region]],
      services: {
        orders: { api: api("orders"), check: { arn: arnOf("lambda", "function:orders-check") } },
        catalogue: { api: api("catalogue") },
      },
      checkKey: KEY,
      functions: { checks: { reservedConcurrency: 10 } },
      takeover: { arn: arnOf("lambda", "function:takeover") },
      settings: {
        currency: "EUR",
        card: { keyId: "mrk-1" },
        auth: { kind: "oidc", issuer: "https://login.example.com", clientId: "c", audience: "c", scope: "openid" },
      },
      onReturn: [
        { functionArn: arnOf("lambda", "function:sweeper") },
        { stateMachineArn: arnOf("states", "stateMachine:rebuild"), when: "rebuild" },
      ],
      ...changes,
    });
    outputs = await new Promise((resolve) =>
      pulumi
        .output({
          urls: failover.urls,
          ownUrls: failover.ownUrls,
          peerUrls: failover.peerUrls,
          regionUrl: failover.regionUrl,
          viewer: failover.viewerCertificateArn,
        })
        .apply((all) => resolve(all as Outputs)),
    );
    return {};
  });
  await pulumi.runtime.disconnect();
  const of = (type: string) => resources.filter((resource) => resource.type.endsWith(`:${type}`));
  const named = (type: string, name: string) => {
    const found = of(type).find((resource) => resource.name === name);
    if (!found) throw new Error(`There is no ${type} "${name}".`);
    return found.inputs;
  };
  const statements = (name: string) =>
    (JSON.parse(String(named("RolePolicy", `failover-${name}-grants`)["policy"])) as { Statement: Statement[] })
      .Statement;
  return { outputs: outputs!, of, named, names: () => resources.map(({ name }) => name), statements };
}

/** Inputs as the provider gets them: mocks hand secrets over wrapped. */
const withoutWraps = (inputs: Inputs): Inputs =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      name,
      pulumi.runtime.isRpcSecret(value) ? pulumi.runtime.unwrapRpcSecret(value) : value,
    ]),
  );

const domainOf = (region: Region, changes: Partial<DomainArgs> = {}): DomainArgs => ({
  name: "example.com",
  zoneId: ZONE,
  primary: region === "us-east-1",
  ...changes,
});

describe("RegionalFailover", function () {
  this.timeout(120_000);
  type Registered = Awaited<ReturnType<typeof register>>;

  describe("without a domain", () => {
    let made: Registered;
    before(async () => {
      made = await register("us-east-1");
    });

    it("uses the APIs' own addresses, without records, certificates or health checks", () => {
      expect(made.outputs.urls).to.deep.equal({
        orders: "https://orders.execute-api.us-east-1.amazonaws.com",
        catalogue: "https://catalogue.execute-api.us-east-1.amazonaws.com",
        config: "https://failover-api.execute-api.us-east-1.amazonaws.com",
      });
      for (const type of ["Record", "Certificate", "HealthCheck", "DomainName"]) expect(made.of(type)).to.be.empty;
    });

    it("lets pages of other origins read the configuration, and no health route", async () => {
      const cors = { allowOrigins: ["https://shop.example.com"] };
      const apis = (await register("us-east-1", { cors })).of("Api");
      expect(
        apis.map(({ name, inputs }) => [name, (inputs["corsConfiguration"] as Inputs | undefined)?.["allowOrigins"]]),
      ).to.have.deep.members([
        ["failover-api", ["https://shop.example.com"]],
        ["failover-checks-api", undefined],
      ]);
    });

    it("serves configuration publicly, and health and drains under the check key by a separate API and function", () => {
      const routes = made
        .of("Route")
        .map(({ inputs }) => [inputs["apiId"], inputs["routeKey"], inputs["authorizationType"]]);
      expect(routes).to.have.deep.members([
        ["failover-api-id", "GET /api/config", "NONE"],
        ["failover-api-id", "$default", "NONE"],
        ["failover-checks-api-id", `GET /${KEY}/regions/health`, "NONE"],
        ["failover-checks-api-id", `GET /${KEY}/regions/{region}/drained`, "NONE"],
      ]);
      const targets = Object.fromEntries(
        made
          .of("Integration")
          .map(({ inputs }) => [inputs["apiId"], String(inputs["integrationUri"]).split(":").pop()]),
      );
      expect(targets).to.deep.equal({
        "failover-api-id": "failover-answers-function",
        "failover-checks-api-id": "failover-checks-function",
      });
    });

    it("reserves concurrency for the function behind the health routes", () => {
      expect(made.named("Function", "failover-checks-function")["reservedConcurrentExecutions"]).to.equal(10);
      expect(made.named("Function", "failover-answers-function")).to.not.have.property("reservedConcurrentExecutions");
    });

    it("keeps the check key out of logs and resource names", () => {
      const formats = made
        .of("Stage")
        .map(({ inputs }) => (inputs["accessLogSettings"] as { format: string }).format)
        .filter((format) => /routeKey|path/i.test(format));
      expect(formats).to.have.length(1);
      expect(made.names().filter((name) => name.includes(KEY))).to.deep.equal([]);
    });

    it("allows the public function to read only the table of Regions", () => {
      const actions = made.statements("answers").flatMap(({ Action }) => Action);
      expect(actions.filter((action) => action.startsWith("dynamodb:"))).to.deep.equal(["dynamodb:Query"]);
      expect(actions.filter((action) => /^(lambda|states|kms|ssm):/.test(action))).to.deep.equal([]);
    });

    it("allows the health function to read that table and invoke the services' checks", () => {
      const calls = made.statements("checks").filter(({ Action }) => [Action].flat().includes("lambda:InvokeFunction"));
      expect(calls.flatMap(({ Resource }) => Resource)).to.deep.equal([
        "arn:aws:lambda:us-east-1:123456789012:function:orders-check",
      ]);
    });

    it("allows the watch to write only its own Region's items", () => {
      const writing = made
        .statements("watch")
        .filter(({ Action }) => [Action].flat().some((action) => /:(Put|Update|Delete)/.test(action)));
      const onTable = writing.filter(({ Resource }) => [Resource].flat().some((arn) => arn.includes("table/")));
      expect(onTable).to.have.length(1);
      expect(onTable[0]!.Condition).to.deep.equal({
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["us-east-1"] },
      });
    });

    it("allows the watch to start the takeover and the targets of a return", () => {
      const rights = Object.fromEntries(
        made
          .statements("watch")
          .flatMap(({ Action, Resource }) =>
            [Action].flat().flatMap((action) => [Resource].flat().map((arn) => [`${action} ${arn}`, true])),
          ),
      );
      expect(rights).to.include({
        "lambda:InvokeFunction arn:aws:lambda:us-east-1:123456789012:function:takeover": true,
        "lambda:InvokeFunction arn:aws:lambda:us-east-1:123456789012:function:sweeper": true,
        "states:StartExecution arn:aws:states:us-east-1:123456789012:stateMachine:rebuild": true,
      });
    });

    it("runs the watch once a minute, with a time-out beyond the next start, without retries", () => {
      const schedule = made.named("Schedule", "failover-watch");
      expect(schedule).to.include({ scheduleExpression: "rate(1 minute)" });
      expect(schedule["target"]).to.deep.include({
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      });
      expect(made.named("Function", "failover-watch-function")["timeout"]).to.equal(120);
      expect(made.named("FunctionEventInvokeConfig", "failover-watch-calls")).to.include({ maximumRetryAttempts: 0 });
    });

    it("publishes addresses to the peer that need neither Route 53 nor a certificate", () => {
      const { variables } = made.named("Function", "failover-watch-function")["environment"] as {
        variables: Record<string, string>;
      };
      expect(JSON.parse(variables["URLS"]!)).to.deep.equal({
        health: `https://failover-checks-api.execute-api.us-east-1.amazonaws.com/${KEY}/regions/health`,
        orders: "https://orders.execute-api.us-east-1.amazonaws.com",
        catalogue: "https://catalogue.execute-api.us-east-1.amazonaws.com",
        config: "https://failover-api.execute-api.us-east-1.amazonaws.com",
      });
    });

    it("creates alarms on itself and on its peer", () => {
      expect(made.of("MetricAlarm").map(({ name }) => name)).to.have.members([
        "failover-heartbeat-missing",
        "failover-health-failing",
        "failover-peer-lost",
        "failover-peer-unhealthy",
        "failover-takeover-running",
      ]);
      expect(made.named("MetricAlarm", "failover-heartbeat-missing")).to.include({ treatMissingData: "breaching" });
    });

    it("watches no peer in a single Region", async () => {
      const { of, named } = await register("us-east-1", { peerRegions: undefined });
      expect(of("MetricAlarm").map(({ name }) => name)).to.not.include("failover-peer-lost");
      const { variables } = named("Function", "failover-watch-function")["environment"] as { variables: Inputs };
      expect(variables["PEER_REGION"]).to.equal("");
    });
  });

  describe("behind CloudFront", () => {
    const edge = { name: "edge", invokeArn: "arn:edge" };
    let made: Registered;
    before(async () => {
      made = await register("us-west-2", { domain: domainOf("us-west-2"), edge });
    });

    it("gives each service a name of this Region, which the peer calls instead of the disabled address", () => {
      const { variables } = made.named("Function", "failover-watch-function")["environment"] as { variables: Inputs };
      const { health, ...urls } = JSON.parse(String(variables["URLS"]));
      expect(urls).to.deep.equal({
        orders: "https://orders-us-west-2.api.example.com",
        catalogue: "https://catalogue-us-west-2.api.example.com",
        config: "https://config-us-west-2.api.example.com",
      });
      for (const service of ["orders", "catalogue", "config"]) {
        const record = made.named("Record", `failover-${service}-region`);
        expect(record["name"]).to.equal(`${service}-us-west-2.api.example.com`);
        expect(record).not.to.have.any.keys("healthCheckId", "failoverRoutingPolicies", "setIdentifier");
        expect(made.named("DomainName", `failover-${service}-region`)["domainName"]).to.equal(record["name"]);
      }
      // The health routes are no CloudFront origin: their path is the secret.
      expect(health).to.match(/^https:\/\/failover-checks-api\.execute-api\./);
    });

    it("names the services of both Regions for CloudFront, the peer's before it is deployed", () => {
      const named = (region: string) =>
        Object.fromEntries(
          ["orders", "catalogue", "config"].map((service) => [service, `https://${service}-${region}.api.example.com`]),
        );
      expect(made.outputs.ownUrls).to.deep.equal(named("us-west-2"));
      expect(made.outputs.peerUrls).to.deep.equal({ "us-east-1": named("us-east-1") });
    });

    it("disables the own address of the API that CloudFront calls, and not that of the health routes", () => {
      expect(made.named("Api", "failover-api")["disableExecuteApiEndpoint"]).to.equal(true);
      expect(made.named("Api", "failover-checks-api")).not.to.have.property("disableExecuteApiEndpoint");
    });
  });

  describe("as prod-east and prod-west under one domain", () => {
    let east: Registered;
    let west: Registered;
    before(async () => {
      east = await register("us-east-1", { domain: domainOf("us-east-1") });
      west = await register("us-west-2", { domain: domainOf("us-west-2") });
    });

    it("gives both the same names, routed to the primary while it is healthy", () => {
      expect(east.outputs.urls).to.deep.equal({
        orders: "https://orders.api.example.com",
        catalogue: "https://catalogue.api.example.com",
        config: "https://config.api.example.com",
      });
      expect(west.outputs.urls).to.deep.equal(east.outputs.urls);
      for (const service of ["orders", "catalogue", "config"]) {
        const [primary, secondary] = [east, west].map(({ named }) => named("Record", `failover-${service}`));
        expect(primary).to.deep.include({
          name: `${service}.api.example.com`,
          type: "A",
          setIdentifier: "us-east-1",
          healthCheckId: "check-failover",
          failoverRoutingPolicies: [{ type: "PRIMARY" }],
        });
        expect(secondary).to.deep.include({
          name: primary!["name"],
          type: "A",
          setIdentifier: "us-west-2",
          failoverRoutingPolicies: [{ type: "SECONDARY" }],
        });
        // An alias of API Gateway answers with a TTL of 60 s.
        expect(primary).to.not.have.property("ttl");
        expect(primary!["aliases"]).to.deep.equal([
          {
            name: `d-failover-${service}.execute-api.us-east-1.amazonaws.com`,
            zoneId: "ZAPIGATEWAY",
            evaluateTargetHealth: false,
          },
        ]);
      }
    });

    it("creates no record twice: records differ in name or set identifier", () => {
      const keys = [east, west].flatMap(({ of }) =>
        of("Record").map(({ inputs }) => [inputs["name"], inputs["type"], inputs["setIdentifier"] ?? ""].join(" ")),
      );
      expect(new Set(keys).size).to.equal(keys.length);
    });

    it("considers a Region healthy only if it reports so and its peer does not report it drained", () => {
      for (const [stack, own, other] of [
        [east, "us-east-1", "us-west-2"],
        [west, "us-west-2", "us-east-1"],
      ] as const) {
        expect(stack.named("HealthCheck", "failover-own-report")).to.include({
          type: "HTTPS",
          fqdn: `${own}.api.example.com`,
          resourcePath: `/${KEY}/regions/health`,
          requestInterval: 10,
          failureThreshold: 3,
        });
        expect(stack.named("HealthCheck", `failover-${other}-report`)).to.include({
          type: "HTTPS",
          fqdn: `${other}.api.example.com`,
          resourcePath: `/${KEY}/regions/${own}/drained`,
          invertHealthcheck: true,
          requestInterval: 10,
          failureThreshold: 3,
        });
        expect(stack.named("HealthCheck", "failover")).to.deep.equal({
          type: "CALCULATED",
          childHealthchecks: ["check-failover-own-report", `check-failover-${other}-report`],
          childHealthThreshold: 2,
        });
      }
    });

    it("gives each Region its own name, which never leads to the peer", () => {
      expect(east.outputs.regionUrl).to.equal("https://us-east-1.api.example.com");
      const record = west.named("Record", "failover-region");
      expect(record).to.include({ name: "us-west-2.api.example.com" });
      expect(record).to.not.have.any.keys("failoverRoutingPolicies", "healthCheckId", "setIdentifier");
    });

    it("maps each name to the Region's own API and certificate, with TLS 1.2 and the whole path", () => {
      for (const stack of [east, west]) {
        expect(stack.of("DomainName").map(({ name }) => name)).to.have.members([
          "failover-region",
          "failover-orders",
          "failover-catalogue",
          "failover-config",
        ]);
        for (const { inputs } of stack.of("DomainName")) {
          expect(inputs["domainNameConfiguration"]).to.include({
            endpointType: "REGIONAL",
            securityPolicy: "TLS_1_2",
          });
        }
        for (const { inputs } of stack.of("ApiMapping")) {
          expect(inputs).to.include({ stage: "$default" });
          expect(inputs).to.not.have.property("apiMappingKey");
        }
        expect(stack.named("Certificate", "failover-api-certificate")).to.include({
          domainName: "*.api.example.com",
          validationMethod: "DNS",
        });
      }
    });

    it("validates the certificates of all Regions with one record, owned by the primary", () => {
      expect(east.named("Record", "failover-api-validation")).to.include({
        name: "_validate.api.example.com",
        type: "CNAME",
      });
      expect(west.of("Record").filter(({ inputs }) => inputs["type"] === "CNAME")).to.deep.equal([]);
      expect(west.named("CertificateValidation", "failover-api-validation")).to.not.have.property(
        "validationRecordFqdns",
      );
    });

    it("creates the viewer certificate in us-east-1, in the primary only", () => {
      expect(east.named("Certificate", "failover-viewer-certificate")).to.include({
        domainName: "www.example.com",
        region: "us-east-1",
      });
      expect(east.outputs.viewer).to.be.a("string");
      expect(west.of("Certificate")).to.have.length(1);
      expect(west.outputs.viewer).to.equal(undefined);
    });

    it("uses existing certificates, creates no record for them, and watches when they expire", async () => {
      const arn = (region: string) => `arn:aws:acm:${region}:123456789012:certificate/own`;
      const existingCertificates = { apiArn: arn("us-east-1"), viewerArn: arn("us-east-1") };
      const own = await register("us-east-1", { domain: domainOf("us-east-1", { existingCertificates }) });
      expect(own.of("Certificate")).to.deep.equal([]);
      expect(own.of("Record").filter(({ inputs }) => inputs["type"] === "CNAME")).to.deep.equal([]);
      expect(own.outputs.viewer).to.equal(existingCertificates.viewerArn);
      for (const { inputs } of own.of("DomainName")) {
        expect(inputs["domainNameConfiguration"]).to.include({ certificateArn: existingCertificates.apiArn });
      }
      const watched = own.of("MetricAlarm").filter(({ inputs }) => inputs["metricName"] === "DaysToExpiry");
      expect(watched.map(({ inputs }) => inputs["dimensions"])).to.deep.equal([
        { CertificateArn: existingCertificates.apiArn },
        { CertificateArn: existingCertificates.viewerArn },
      ]);
      const secondary = { existingCertificates: { apiArn: arn("us-west-2") } };
      const west = await register("us-west-2", { domain: domainOf("us-west-2", secondary) });
      expect(west.of("Certificate")).to.deep.equal([]);
      expect(west.outputs.viewer).to.equal(undefined);
    });

    it("creates alarms in the Region of their metrics", () => {
      for (const stack of [east, west]) {
        expect(stack.named("MetricAlarm", "failover-health-check")).to.deep.include({
          region: "us-east-1",
          namespace: "AWS/Route53",
          dimensions: { HealthCheckId: "check-failover" },
        });
      }
      expect(east.named("MetricAlarm", "failover-viewer-certificate-expires")).to.include({ region: "us-east-1" });
    });

    it("routes by latency or weight if set, among healthy Regions", async () => {
      const nearer = await register("us-west-2", { domain: domainOf("us-west-2", { routing: "latency" }) });
      expect(nearer.named("Record", "failover-orders")).to.deep.include({
        latencyRoutingPolicies: [{ region: "us-west-2" }],
        healthCheckId: "check-failover",
      });
      const share = await register("us-west-2", { domain: domainOf("us-west-2", { routing: "weighted", weight: 10 }) });
      expect(share.named("Record", "failover-orders")).to.deep.include({ weightedRoutingPolicies: [{ weight: 10 }] });
    });

    it("keeps the primary's records unchanged when a second Region joins", async () => {
      const alone = await register("us-east-1", { peerRegions: undefined, domain: domainOf("us-east-1") });
      const { healthCheckId: _1, ...records } = alone.named("Record", "failover-orders");
      const { healthCheckId: _2, ...joined } = east.named("Record", "failover-orders");
      expect(records).to.deep.equal(joined);
      expect(alone.named("HealthCheck", "failover")).to.include({ childHealthThreshold: 1 });
    });
  });

  const wrong: [string, Partial<RegionalFailoverArgs>, RegExp][] = [
    [
      "a timing that does not exist",
      { timings: { staleSeconds: 5 } as object },
      /`timings` has the unknown field "staleSeconds"/,
    ],
    [
      "a timing that is no number",
      { timings: { roundSeconds: 0 } },
      /`timings\.roundSeconds` is 0; it must be above 0/,
    ],
    [
      "heartbeats that are stale at once",
      { timings: { staleAfterSeconds: 15 } },
      /`timings\.staleAfterSeconds` is 15; it must be at least 20, because a slow Region/,
    ],
    [
      "rounds longer than a run",
      { timings: { roundSeconds: 40, staleAfterSeconds: 90 } },
      /`timings\.roundSeconds` is 40; it must be between 0 and 30/,
    ],
    [
      "a domain that is an address",
      { domain: domainOf("us-east-1", { name: "https://example.com" }) },
      /`domain\.name` is "https/,
    ],
    [
      "a weight without weights",
      { domain: domainOf("us-east-1", { weight: 5 }) },
      /`domain\.weight` is given; .* because domain\.routing is "failover"/,
    ],
    ["a check key that can be guessed", { checkKey: "health" }, /`checkKey` has 6 characters; it must be 32 to 128/],
    [
      "a check key that is no path segment",
      { checkKey: `${KEY}/` },
      /`checkKey` has 65 characters; it must be 32 to 128 letters/,
    ],
    [
      "a return target that is nothing",
      { onReturn: [{}] },
      /functionArn` and `onReturn\[0\]\.stateMachineArn` are missing/,
    ],
    [
      "a return target that is two",
      { onReturn: [{ functionArn: "a" }, { functionArn: "a", stateMachineArn: "b" }] },
      /`onReturn\[1\]\.functionArn` and `onReturn\[1\]\.stateMachineArn` are given; give at most one/,
    ],
    [
      "an existing certificate of another Region for the page",
      {
        domain: domainOf("us-east-1", {
          existingCertificates: {
            apiArn: "arn:aws:acm:us-west-2:123456789012:certificate/a",
            viewerArn: "arn:aws:acm:us-west-2:123456789012:certificate/a",
          },
        }),
      },
      /`domain\.existingCertificates\.viewerArn` is of us-west-2; it must be of us-east-1, because CloudFront/,
    ],
    [
      "no existing certificate of the page in the primary",
      {
        domain: domainOf("us-east-1", {
          existingCertificates: { apiArn: "arn:aws:acm:us-east-1:123456789012:certificate/a" },
        }),
      },
      /`domain\.existingCertificates\.viewerArn` is missing; it must be given in the primary/,
    ],
    [
      "a certificate of IAM",
      { domain: domainOf("us-west-2", { existingCertificates: { apiArn: "arn:aws:iam::1:server-certificate/a" } }) },
      /`domain\.existingCertificates\.apiArn` is "arn:aws:iam.* must be the ARN of a certificate of ACM/,
    ],
    [
      "an edge without a domain",
      { edge: { name: "edge", invokeArn: "arn:edge" } },
      /`edge` is given; it must be left out without `domain`, because the APIs would have no address/,
    ],
    [
      "a third Region, whose orders two survivors would take over",
      { peerRegions: ["us-west-2", "eu-central-1"] },
      /`peerRegions` has 2 Regions; it must have at most one/,
    ],
  ];
  for (const [what, changes, sentence] of wrong) {
    it(`refuses ${what} with a sentence that names the argument`, async () => {
      const table = { tableName: pulumi.output("t"), tableArn: pulumi.output("arn:aws:dynamodb:us-east-1:1:table/t") };
      const given = { regions: table, ...changes } as RegionalFailoverArgs;
      await expectRefusal("RegionalFailover", () => new RegionalFailover("failover", given), sentence);
    });
  }
});

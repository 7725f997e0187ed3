import { expect } from "chai";
import { domainOf, type Inputs, KEY, register } from "../../../kit/regionalFailoverStand";

describe("RegionalFailover", function () {
  this.timeout(120_000);
  type Registered = Awaited<ReturnType<typeof register>>;

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
});

import { createHash } from "node:crypto";
import { expect } from "chai";
import { RULES } from "../../policies/rules";
import { nearLimits } from "../kit/awsLimits";
import { DOMAIN, EDGE_SECRETS, evaluate, evaluated, type Registration } from "../kit/evaluatedProgram";

describe("The edge of two Regions", function () {
  this.timeout(120_000);
  let east: Registration[];

  before(async () => {
    east = (await evaluated("prod-east")).registrations;
  });

  describe("paths of a Region's APIs on the distribution", () => {
    type Origin = { originId: string; domainName: string };
    const regionOrigins = ({ registrations }: { registrations: Registration[] }) => {
      const distribution = registrations.find(({ type }) => type === "aws:cloudfront/distribution:Distribution")!;
      return (distribution.inputs["origins"] as Origin[])
        .filter(({ originId }) => originId.startsWith("/regions/"))
        .map(({ originId, domainName }) => `${originId} ${domainName}`);
    };
    const paths = {
      "/api/orders*": "orders",
      "/api/catalogue/rules": "catalogue",
      "/api/catalogue*": "catalogue",
      "/api/config": "config",
      "/api/auth*": "auth",
    };

    it("lead to either Region's own names under a domain, before the peer exists", async () => {
      const primary = await evaluate("prod-east", {}, DOMAIN);
      const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, DOMAIN);
      expect(regionOrigins(primary)).to.have.members(
        ["us-east-1", "us-west-2"].flatMap((region) =>
          Object.entries(paths).map(
            ([path, service]) => `/regions/${region}${path} ${service}-${region}.api.example.com`,
          ),
        ),
      );
      const names = secondary.registrations
        .filter(({ type }) => type === "aws:apigatewayv2/domainName:DomainName")
        .map(({ inputs }) => inputs["domainName"]);
      expect(names).to.include.members(Object.values(paths).map((service) => `${service}-us-west-2.api.example.com`));
    });

    it("lead to AWS's addresses without a domain, once the primary knows the secondary's stack", async () => {
      const first = await evaluate("prod-east");
      expect(regionOrigins(first)).to.deep.equal([]);
      const { outputs } = await evaluate("prod-west", { "prod-east": first.outputs });
      const west = Object.fromEntries(
        Object.values(paths).map((service) => [service, `https://${service}.execute-api.us-west-2.amazonaws.com`]),
      );
      expect(outputs["apiUrls"]).to.have.all.keys(Object.keys(west));
      const known = { "stayopen:secondaryStack": "prod-west" };
      const again = await evaluate("prod-east", { "prod-west": { ...outputs, apiUrls: west } }, known);
      expect(regionOrigins(again)).to.include.members(
        Object.entries(paths).map(
          ([path, service]) => `/regions/us-west-2${path} ${service}.execute-api.us-west-2.amazonaws.com`,
        ),
      );
      expect(regionOrigins(again)).to.have.length(2 * Object.keys(paths).length);
    });
  });

  it("admit requests to the APIs through CloudFront alone, under a domain", async () => {
    const primary = await evaluate("prod-east", {}, DOMAIN);
    const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, DOMAIN);
    for (const { registrations } of [primary, secondary]) {
      const of = (type: string) => registrations.filter((one) => one.type === type);
      const apis = of("aws:apigatewayv2/api:Api").filter(({ name }) => name !== "failover-checks-api");
      expect(apis.map(({ name }) => name)).to.have.members(["orders-api", "catalogue-api", "failover-api", "auth-api"]);
      expect(apis.filter(({ inputs }) => inputs["disableExecuteApiEndpoint"] !== true)).to.deep.equal([]);
      const isGuarded = new Map(
        of("aws:apigatewayv2/authorizer:Authorizer").map(({ name, inputs }) => [
          `${name}-id`,
          (inputs["identitySources"] as string[]).includes("$request.header.x-stayopen-edge"),
        ]),
      );
      const open = of("aws:apigatewayv2/route:Route")
        .filter(({ inputs }) => inputs["apiId"] !== "failover-checks-api-id")
        .filter(({ inputs }) => !isGuarded.get(String(inputs["authorizerId"])));
      expect(open.map(({ inputs }) => inputs["routeKey"])).to.deep.equal([]);
      // Functions have hashes; of the secrets, only the distribution has the one that it sends.
      const holders = (secret: string) =>
        registrations.filter(({ inputs }) => JSON.stringify(inputs).includes(secret)).map(({ type }) => type);
      expect(holders(EDGE_SECRETS[0]!)).to.deep.equal(
        registrations === primary.registrations ? ["aws:cloudfront/distribution:Distribution"] : [],
      );
      expect(holders(EDGE_SECRETS[1]!)).to.deep.equal([]);
      const hashes = EDGE_SECRETS.map((secret) => createHash("sha256").update(secret).digest("hex"));
      const guards = of("aws:lambda/function:Function").filter(({ inputs }) =>
        JSON.stringify(inputs["environment"] ?? {}).includes("EDGE_HASHES"),
      );
      expect(guards.map(({ name }) => name)).to.have.members(["auth-authorizer-function", "auth-edge-function"]);
      for (const { inputs } of guards)
        expect(JSON.stringify(inputs["environment"])).to.include(hashes[0]).and.include(hashes[1]);
    }
  });

  it("put WAF before the distribution under a domain, and not without one", async () => {
    const primary = await evaluate("prod-east", {}, DOMAIN);
    const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, DOMAIN);
    const acls = (registrations: Registration[]) =>
      registrations.filter(({ type }) => type === "aws:wafv2/webAcl:WebAcl").map(({ name }) => name);
    expect(acls(primary.registrations)).to.deep.equal(["site-waf"]);
    expect(acls(secondary.registrations)).to.deep.equal([]);
    expect(acls(east)).to.deep.equal([]);
    expect(nearLimits(primary.registrations)).to.deep.equal([]);
    const violations = primary.registrations.flatMap(({ type, name, inputs }) =>
      RULES.filter(({ types }) => types.includes(type)).flatMap((rule) => rule.check({ type, name, props: inputs })),
    );
    expect(violations).to.deep.equal([]);
  });
});

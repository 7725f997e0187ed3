import { expect } from "chai";
import { type Registered, register, registerPlain } from "../../../kit/searchServiceStand";

describe("The search domain", function () {
  this.timeout(120_000);

  it("creates an encrypted domain that accepts signed requests of its three functions only", async () => {
    const { one, of } = await registerPlain();
    expect(one("Domain")).to.deep.include({
      domainName: "catalogue-dev",
      engineVersion: "OpenSearch_2.19",
      encryptAtRest: { enabled: true },
      nodeToNodeEncryption: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-2019-07" },
    });
    const policy = JSON.parse(String(one("DomainPolicy")["accessPolicies"]));
    expect(policy.Statement.map(({ Principal }: { Principal: object }) => Principal)).to.deep.equal(
      ["search", "indexer", "rebuilder"].map((name) => ({
        AWS: `arn:aws:test:us-east-1:000000000000:catalogue-${name}-role`,
      })),
    );
    expect(of("Role")).to.have.length(6);
  });

  it("grants each function the same by the domain's policy as by its own, either of which suffices", async () => {
    const { one, resources } = await registerPlain();
    const { Statement: admitted } = JSON.parse(String(one("DomainPolicy")["accessPolicies"]));
    const own = ["search", "indexer", "rebuilder"].map((name) => {
      const grants = resources.find((resource) => resource.name === `catalogue-${name}-grants`)!;
      const { Statement: statements } = JSON.parse(String(grants.inputs["policy"]));
      return statements.find(({ Action }: { Action: string[] }) => Action[0]?.startsWith("es:"));
    });
    const rights = ({ Action, Resource }: { Action: string[]; Resource: string[] }) => ({ Action, Resource });
    expect(admitted.map(rights)).to.deep.equal(own.map(rights));
    const domain = "arn:aws:test:us-east-1:000000000000:catalogue";
    expect(rights(admitted[0])).to.deep.equal({
      Action: ["es:ESHttpPost"],
      Resource: [`${domain}/products/_search`],
    });
  });

  it("starts indexing after the domain's policy is in effect", async () => {
    const { resources } = await register({}, "DomainPolicy");
    const types = resources.map(({ type }) => type.split(":").at(-1));
    for (const later of ["EventSourceMapping", "StateMachine"]) {
      expect(types.indexOf("DomainPolicy"), later).to.be.below(types.indexOf(later)).and.above(0);
    }
  });

  it("names roles in the domain's policy once Lambda has accepted them, because AWS refuses unknown ones", async () => {
    const { resources } = await register({}, "Function");
    const indexOf = (type: string, name: string) =>
      resources.findIndex((resource) => resource.type.endsWith(`:${type}`) && resource.name === name);
    for (const name of ["search", "indexer", "rebuilder"]) {
      const created = indexOf("Function", `catalogue-${name}-function`);
      expect(indexOf("DomainPolicy", "catalogue"), name).to.be.above(created).and.above(0);
      expect(created, name).to.be.above(-1);
    }
  });

  it("spreads nodes over zones and replicates the index accordingly", async () => {
    const environmentOf = (resources: Registered[]) =>
      resources.find(({ name }) => name === "catalogue-indexer-function")!.inputs["environment"] as {
        variables: Record<string, string>;
      };
    for (const [instanceCount, zones, replicas] of [
      [2, 2, "1"],
      [6, 3, "2"],
    ] as const) {
      const { one, resources } = await register({ domain: { instanceCount } });
      const cluster = one("Domain")["clusterConfig"] as Record<string, unknown>;
      expect(cluster["zoneAwarenessEnabled"]).to.equal(true);
      expect(cluster["zoneAwarenessConfig"]).to.deep.equal({ availabilityZoneCount: zones });
      expect(environmentOf(resources).variables["INDEX_REPLICAS"]).to.equal(replicas);
    }
  });

  it("uses an existing domain and leaves its policy", async () => {
    const existingDomain = { endpoint: "https://search.example", arn: "arn:aws:es:us-east-1:000000000000:domain/ours" };
    const { of, resources } = await register({ existingDomain });
    expect(of("Domain")).to.have.length(0);
    expect(of("DomainPolicy")).to.have.length(0);
    const search = resources.find(({ name }) => name === "catalogue-search-grants")!;
    expect(String(search.inputs["policy"])).to.include(`${existingDomain.arn}/products/_search`);
  });
});

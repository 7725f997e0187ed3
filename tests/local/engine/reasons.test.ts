import { expect } from "chai";
import { reasonsOf } from "../../../local/deployment/deployment";

describe("reasonsOf", () => {
  const query = (name: string) => ({
    type: "aws:cloudwatch/queryDefinition:QueryDefinition",
    name,
    why: "Logs are not queried here.",
  });

  it("groups resources by the reason why they are not emulated", () => {
    const certificate = { type: "aws:acm/certificate:Certificate", name: "viewer", why: "ACM is not emulated." };
    expect(reasonsOf([query("errors"), certificate, query("slowest")])).to.deep.equal([
      "Logs are not queried here. (queryDefinition: errors, slowest)",
      "ACM is not emulated. (certificate: viewer)",
    ]);
  });

  it("names each resource of both Regions once, and the first three of many", () => {
    const both = ["a", "b", "c", "d", "e"].map(query);
    expect(reasonsOf([...both, ...both])).to.deep.equal([
      "Logs are not queried here. (queryDefinition: a, b, c and 2 more)",
    ]);
  });

  it("separates resource kinds with the same reason", () => {
    const why = "Backups are made on AWS alone.";
    const vault = { type: "aws:backup/vault:Vault", name: "vault", why };
    const plan = { type: "aws:backup/plan:Plan", name: "plan", why };
    expect(reasonsOf([vault, plan])).to.deep.equal([`${why} (vault: vault; plan: plan)`]);
  });
});

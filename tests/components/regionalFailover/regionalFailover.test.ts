import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { RegionalFailover, type RegionalFailoverArgs } from "../../../components/regionalFailover";
import { expectRefusal } from "../../kit/refusals";
import { domainOf, KEY, register } from "../../kit/regionalFailoverStand";

describe("RegionalFailover", function () {
  this.timeout(120_000);
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
      /`timings\.roundSeconds` is 40; it must be between 1 and 30/,
    ],
    [
      "a probe longer than a run, which would write no heartbeat",
      { timings: { probeTimeoutMs: 120_000 } },
      /`timings\.probeTimeoutMs` is 120000; it must be between 1 and 30000, because a run of the watch/,
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

describe("RegionalFailover without a domain", function () {
  this.timeout(120_000);
  type Registered = Awaited<ReturnType<typeof register>>;
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
});

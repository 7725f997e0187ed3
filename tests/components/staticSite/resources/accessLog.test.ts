import { rmSync } from "node:fs";
import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StaticSite } from "../../../../components/staticSite";
import { ACCESS_LOG_FIELDS } from "../../../../components/staticSite/resources/accessLog";
import { expectRefusal } from "../../../kit/refusals";
import { makeBuild, registerSite } from "../../../kit/siteStand";

/** Fields of standard logs, by AWS's reference of CloudFront's standard logging. */
const STANDARD_FIELDS = [
  ..."date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent)".split(
    " ",
  ),
  ..."cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken".split(
    " ",
  ),
  ..."x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status".split(" "),
  ..."fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len".split(
    " ",
  ),
  ..."sc-range-start sc-range-end".split(" "),
];

describe("the access log of a site", () => {
  let build: string;

  beforeEach(() => {
    build = makeBuild();
  });

  afterEach(() => rmSync(build, { recursive: true }));

  const register = async (args: object = {}) => {
    const { of } = await registerSite({ build, accessLog: {}, ...args });
    const one = (type: string) => {
      const found = of(type);
      expect(found, type).to.have.length(1);
      return found[0]!.inputs as Record<string, unknown>;
    };
    return { of, one };
  };

  it("leads from the distribution to a log group in us-east-1, kept for 30 days", async () => {
    const { one } = await register();
    const source = one("LogDeliverySource");
    expect(source).to.include({ logType: "ACCESS_LOGS", resourceArn: "arn:site-distribution", region: "us-east-1" });
    expect(source["name"]).to.match(/^[\w-]{1,60}$/);
    const destination = one("LogDeliveryDestination");
    expect(destination).to.deep.include({
      outputFormat: "json",
      region: "us-east-1",
      deliveryDestinationConfiguration: { destinationResourceArn: "arn:site-access" },
    });
    expect(one("LogGroup")).to.include({
      name: "/aws/vendedlogs/cloudfront/site-distribution-id",
      retentionInDays: 30,
      region: "us-east-1",
    });
    expect(one("LogDelivery")).to.include({
      deliverySourceName: source["name"],
      deliveryDestinationArn: "arn:site-access",
      region: "us-east-1",
    });
  });

  it("contains viewers' addresses, and no query strings, referrers or cookies", async () => {
    const { one } = await register();
    expect(one("LogDelivery")["recordFields"]).to.deep.equal([...ACCESS_LOG_FIELDS]);
    expect(ACCESS_LOG_FIELDS).to.include("c-ip");
    expect(STANDARD_FIELDS).to.include.members([...ACCESS_LOG_FIELDS]);
    expect(ACCESS_LOG_FIELDS.filter((field) => /query|referer|cookie/i.test(field))).to.deep.equal([]);
  });

  it("replaces the delivery for other fields, because the provider cannot update one to a log group", async () => {
    let options: pulumi.ResourceOptions = {};
    const record: pulumi.ResourceTransformation = ({ type, opts }) => {
      if (type === "aws:cloudwatch/logDelivery:LogDelivery") options = opts;
      return undefined;
    };
    await registerSite({ build, accessLog: {} }, { transformations: [record] });
    expect(options).to.deep.include({ replaceOnChanges: ["recordFields"], deleteBeforeReplace: true });
  });

  it("is kept as long as `logRetentionDays` says", async () => {
    const { one } = await register({ accessLog: { logRetentionDays: 7 } });
    expect(one("LogGroup")["retentionInDays"]).to.equal(7);
  });

  it("does not exist without `accessLog`", async () => {
    const { of } = await register({ accessLog: undefined });
    expect([...of("LogGroup"), ...of("LogDelivery"), ...of("LogDeliverySource")]).to.deep.equal([]);
  });

  it("is refused for a site whose distribution belongs to another site", () =>
    expectRefusal(
      "StaticSite",
      () =>
        new StaticSite("site", {
          build,
          accessLog: {},
          existingDistribution: { distributionArn: "arn:d", siteUrl: "https://www.example.com" },
        }),
      /`accessLog`.*belongs to the site that creates the distribution/,
    ));
});

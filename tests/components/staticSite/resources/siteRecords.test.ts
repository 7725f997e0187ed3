import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import { createSiteRecords } from "../../../../components/staticSite/resources/siteRecords";
import { registerResources } from "../../../kit/registeredResources";

const distribution = {
  domainName: "d1.cloudfront.net",
  hostedZoneId: "Z2FDTNDATAQYW2",
} as unknown as aws.cloudfront.Distribution;
const domain = { name: "www.example.com", certificateArn: "arn:certificate" };

describe("createSiteRecords", () => {
  it("leads the site's name to the distribution over IPv4 and IPv6", async () => {
    const { of } = await registerResources((parent) => {
      createSiteRecords("site", { ...domain, zoneId: "Z1" }, distribution, parent);
    });
    const target = { name: "d1.cloudfront.net", zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: false };
    expect(of("Record").map(({ inputs }) => inputs)).to.deep.equal(
      ["A", "AAAA"].map((type) => ({ zoneId: "Z1", name: "www.example.com", type, aliases: [target] })),
    );
  });

  it("creates none where another provider has the zone", async () => {
    const { of } = await registerResources((parent) => {
      createSiteRecords("site", domain, distribution, parent);
    });
    expect(of("Record")).to.deep.equal([]);
  });
});

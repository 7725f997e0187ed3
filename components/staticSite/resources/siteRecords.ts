import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { StaticSiteArgs } from "../args";

/**
 * Creates the records of the site's name for IPv4 and IPv6. They need no failover, because CloudFront belongs to no Region.
 */
export function createSiteRecords(
  name: string,
  { name: domainName, zoneId }: NonNullable<StaticSiteArgs["domain"]>,
  distribution: aws.cloudfront.Distribution,
  parent: pulumi.Resource,
): aws.route53.Record[] {
  if (zoneId === undefined) return [];
  const target = { name: distribution.domainName, zoneId: distribution.hostedZoneId, evaluateTargetHealth: false };
  return ["A", "AAAA"].map(
    (type) =>
      new aws.route53.Record(
        `${name}-${type.toLowerCase()}`,
        { zoneId, name: domainName, type, aliases: [target] },
        { parent },
      ),
  );
}

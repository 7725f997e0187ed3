import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { GLOBAL_REGION } from "../../infrastructure/globalRegion";
import { physicalName } from "../../inlineFunction/physicalName";

/**
 * Fields of each entry. Query strings, referrers and cookies are left out: they contain searches, codes of the sign-in and addresses of
 * invoices with their signatures. Names:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
 */
export const ACCESS_LOG_FIELDS = [
  "date",
  "time",
  "x-edge-request-id",
  "c-ip",
  "x-host-header",
  "cs-method",
  "cs-uri-stem",
  "cs-protocol-version",
  "ssl-protocol",
  "cs(User-Agent)",
  "cs-bytes",
  "sc-status",
  "sc-bytes",
  "time-taken",
  "x-edge-location",
  "x-edge-result-type",
  "x-edge-detailed-result-type",
] as const;

/** Names of deliveries have at most 60 letters, digits, hyphens and underscores. */
const LONGEST_NAME = 60;

/**
 * Creates the log of all requests to a distribution, refused ones included, with the viewers' addresses: CloudFront's standard logging (v2) into a
 * log group, one JSON line per request. CloudFront delivers logs through us-east-1 only.
 */
export function createAccessLog(
  name: string,
  logRetentionDays: number,
  distribution: aws.cloudfront.Distribution,
  parent: pulumi.Resource,
): aws.cloudwatch.LogGroup {
  const inGlobalRegion = { region: GLOBAL_REGION };
  const logGroup = new aws.cloudwatch.LogGroup(
    `${name}-access`,
    {
      ...inGlobalRegion,
      // Log groups below /aws/vendedlogs/ do not count towards the size limit of the account's log resource policy.
      name: pulumi.interpolate`/aws/vendedlogs/cloudfront/${distribution.id}`,
      retentionInDays: logRetentionDays,
    },
    { parent },
  );
  const deliveryName = physicalName(pulumi.getProject(), pulumi.getStack(), `${name}-access`).slice(-LONGEST_NAME);
  const source = new aws.cloudwatch.LogDeliverySource(
    `${name}-access`,
    {
      ...inGlobalRegion,
      name: deliveryName,
      logType: "ACCESS_LOGS",
      resourceArn: distribution.arn,
    },
    { parent },
  );
  const destination = new aws.cloudwatch.LogDeliveryDestination(
    `${name}-access`,
    {
      ...inGlobalRegion,
      name: deliveryName,
      outputFormat: "json",
      deliveryDestinationConfiguration: { destinationResourceArn: logGroup.arn },
    },
    { parent },
  );
  new aws.cloudwatch.LogDelivery(
    `${name}-access`,
    {
      ...inGlobalRegion,
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.arn,
      recordFields: [...ACCESS_LOG_FIELDS],
    },
    // An update in place is refused: the provider sends the bucket settings of its state too, which a log group cannot have
    // (hashicorp/terraform-provider-aws#46108). A source has one delivery to a log group, so the old one goes first.
    { parent, replaceOnChanges: ["recordFields"], deleteBeforeReplace: true },
  );
  return logGroup;
}

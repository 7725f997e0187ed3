import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { GLOBAL_REGION } from "./components/regionalFailover/alarms";

/** What the primary's stack owns and both Regions work with: its output `shared`. */
export interface Shared {
  /** Names of the global tables. */
  tables: { regions: string; orders: string; cards: string; products: string };
  /** The multi-Region key's ARN in the primary's Region. */
  cardKeyArn: string;
  /** Only where Cognito signs people in. */
  customers?: { table: string; keyArn: string };
  distributionArn: string;
  siteUrl: string;
  /** Where the primary's alarms are told. */
  alarmTopic?: string;
  /** The store's own domain, or empty. A release before this setting was shared says nothing. */
  domain?: string;
}

/** A replica in this stack's own Region. */
interface TableHere {
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  streamArn: pulumi.Output<string>;
}

/**
 * What another stack shares, as it is found in this Region: tables by their names, keys by their ids, which are the same
 * in every Region.
 *
 * @param stack the primary's name, of the same project and organization.
 * @param domain the store's own domain as this stack has it, if it has one.
 * @throws when that stack does not exist or has not shared anything yet: it goes up first; and when it goes by another
 * domain, whose certificates this stack would wait for in vain for more than an hour.
 */
export function sharedBy(stack: string, region: string, domain = "") {
  const reference = new pulumi.StackReference(`${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`);
  const shared = reference.requireOutput("shared").apply((value) => ofOneDomain(value as Shared, stack, domain));
  const table = (nameIn: (names: Shared) => string): TableHere => {
    const { name, arn, streamArn } = aws.dynamodb.getTableOutput({ name: shared.apply(nameIn) });
    return { name, arn, streamArn };
  };
  const key = (arnIn: (names: Shared) => string) => {
    const arn = shared.apply((names) => inRegion(arnIn(names), region));
    return { arn, keyId: arn.apply((here) => here.slice(here.indexOf("/") + 1)) };
  };
  return {
    regions: table(({ tables }) => tables.regions),
    products: table(({ tables }) => tables.products),
    orders: {
      orders: table(({ tables }) => tables.orders),
      cards: table(({ tables }) => tables.cards),
      cardKey: key(({ cardKeyArn }) => cardKeyArn),
    },
    /** Asked for only where Cognito signs people in. */
    directory: () => ({
      table: table(({ customers }) => needed(customers, stack).table),
      key: key(({ customers }) => needed(customers, stack).keyArn),
    }),
    /** Topics that an alarm in us-east-1 can tell: CloudWatch's alarms tell topics of their own Region alone. */
    globalAlarmTopicArns: shared.apply(({ alarmTopic }) =>
      alarmTopic?.split(":")[3] === GLOBAL_REGION ? [alarmTopic] : [],
    ),
    site: { distributionArn: shared.distributionArn, siteUrl: shared.siteUrl },
  };
}

/** `arn:aws:kms:us-east-1:123456789012:key/mrk-…` → the same in another Region. */
function inRegion(arn: string, region: string): string {
  const parts = arn.split(":");
  parts[3] = region;
  return parts.join(":");
}

/** One store has one domain: the primary owns the records by which AWS validates the certificates of both Regions. */
function ofOneDomain(shared: Shared, stack: string, own: string): Shared {
  const { domain = own } = shared;
  if (domain === own) return shared;
  const asked = (name: string) => (name === "" ? "no stayopen:domain" : `stayopen:domain "${name}"`);
  throw new pulumi.RunError(
    `The stack ${stack} has ${asked(domain)}, this one ${asked(own)}. Give both the same and bring ${stack} up first: it owns the records that validate the certificates of both Regions.`,
  );
}

function needed<T>(value: T | undefined, stack: string): T {
  if (value !== undefined) return value;
  throw new pulumi.RunError(
    `The stack ${stack} shares no customers: it signs them in by an issuer of its own. Give this stack the same settings "oidcIssuer", "oidcAudience" and "oidcClientId".`,
  );
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { GLOBAL_REGION } from "./components/regionalFailover/resources/alarms";

/** What the primary's stack owns and both Regions work with: its output `shared`. */
export interface SharedResources {
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

/** What the secondary joins, and the settings in which both stacks must agree. */
export interface Joining {
  /** Name of the primary's stack, of the same project and organization. */
  stack: string;
  /** This stack's Region, and the primary's. */
  region: string;
  primaryRegion: string;
  /** The store's own domain as this stack has it, or empty. */
  domain: string;
  /** Customers sign in with Cognito, not with an issuer of the store's own. */
  hasCustomers: boolean;
}

/**
 * Reads what another stack shares, as it is found in this Region: tables by their names, keys by their ids, which are the
 * same in every Region. All of it is known and checked before the caller registers its first resource.
 *
 * @throws {pulumi.RunError} with one sentence when the primary does not exist, has not been up, is no primary of this
 * Region, or has settings that do not go with this stack's.
 */
export async function readPrimaryStack(joining: Joining) {
  const { stack, region } = joining;
  const { shared, storeRegions } = await readOutputs(stack);
  if (shared === undefined) throw new pulumi.RunError(notUpYet(stack));
  checkRegions(storeRegions, joining);
  checkDomain(shared, joining);
  const customers = checkCustomers(shared, joining);
  const { tables } = shared;
  const [regions, products, orders, cards, directory] = await Promise.all(
    [tables.regions, tables.products, tables.orders, tables.cards, customers?.table].map((name) =>
      name === undefined ? undefined : replicaOf(name, joining),
    ),
  );
  const key = (primaryArn: string) => {
    const arn = inRegion(primaryArn, region);
    return { arn, keyId: arn.slice(arn.indexOf("/") + 1) };
  };
  return {
    regions: regions!,
    products: products!,
    orders: { orders: orders!, cards: cards!, cardKey: key(shared.cardKeyArn) },
    /** Only where Cognito signs people in. */
    directory: customers && { table: directory!, key: key(customers.keyArn) },
    /** Topics that an alarm in us-east-1 can tell: CloudWatch's alarms tell topics of their own Region alone. */
    globalAlarmTopicArns: shared.alarmTopic?.split(":")[3] === GLOBAL_REGION ? [shared.alarmTopic] : [],
    site: { distributionArn: shared.distributionArn, siteUrl: shared.siteUrl },
  };
}

interface PrimaryOutputs {
  shared?: SharedResources;
  /** The primary's Region, then its peer's. */
  storeRegions?: string[];
}

/**
 * Looks the outputs of a stack up. A `StackReference` would be a resource: the engine ends the update with an error of its own
 * when the stack is missing, so this program could not say what to do.
 */
async function readOutputs(stack: string): Promise<PrimaryOutputs> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
  try {
    const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
    return outputs as PrimaryOutputs;
  } catch (error) {
    throw new pulumi.RunError(`${notUpYet(stack)} (${error instanceof Error ? error.message : error})`);
  }
}

const notUpYet = (stack: string) =>
  `The stack ${pulumi.getStack()} joins ${stack}, which shares nothing yet. Run "pulumi up --stack ${stack}" first, with stayopen:peerRegion set.`;

/** The replicas are where the primary's stack has made them. */
function checkRegions(storeRegions: string[] | undefined, { stack, region, primaryRegion }: Joining): void {
  if (storeRegions === undefined) return;
  const [primary, peer = "no other"] = storeRegions;
  if (primary === primaryRegion && peer === region) return;
  throw new pulumi.RunError(
    `The stack ${stack} is in ${primary} with ${peer} as its peer Region, this one is in ${region} with ${primaryRegion}. Set aws:region and stayopen:peerRegion of both stacks so that they name each other.`,
  );
}

/** A replica of one of the primary's tables in this stack's own Region. */
async function replicaOf(name: string, { stack, region }: Joining) {
  try {
    const { arn, streamArn } = await aws.dynamodb.getTable({ name });
    return { name, arn, streamArn };
  } catch (error) {
    throw new pulumi.RunError(
      `The table ${name} of the stack ${stack} was not found in ${region}. Check this stack's credentials, and run "pulumi up --stack ${stack}" if the replica is missing. (${error instanceof Error ? error.message : error})`,
    );
  }
}

/** `arn:aws:kms:us-east-1:123456789012:key/mrk-…` → the same in another Region. */
function inRegion(arn: string, region: string): string {
  const parts = arn.split(":");
  parts[3] = region;
  return parts.join(":");
}

/** One store has one domain: the primary owns the records by which AWS validates the certificates of both Regions. */
function checkDomain(shared: SharedResources, { stack, domain: own }: Joining): void {
  const { domain = own } = shared;
  if (domain === own) return;
  const asked = (name: string) => (name === "" ? "no stayopen:domain" : `stayopen:domain "${name}"`);
  throw new pulumi.RunError(
    `The stack ${stack} has ${asked(domain)}, this one ${asked(own)}. Give both the same and bring ${stack} up first: it owns the records that validate the certificates of both Regions.`,
  );
}

function checkCustomers(
  { customers }: SharedResources,
  { stack, hasCustomers }: Joining,
): SharedResources["customers"] {
  if ((customers !== undefined) === hasCustomers) return customers;
  const [its, own] = hasCustomers ? ["an issuer of its own", "Cognito"] : ["Cognito", "an issuer of its own"];
  throw new pulumi.RunError(
    `The stack ${stack} signs customers in with ${its}, this one with ${own}. Give both the same stayopen:oidcIssuer, stayopen:oidcAudience and stayopen:oidcClientId, or none.`,
  );
}

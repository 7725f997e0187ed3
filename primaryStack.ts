import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { GLOBAL_REGION } from "./components/infrastructure/globalRegion";

/** Resources that the primary's stack owns and both Regions use: its output `shared`. */
export interface SharedResources {
  /** Names of the global tables. */
  tables: { regions: string; orders: string; cards: string; stock: string; products: string };
  /** The multi-Region key's ARN in the primary's Region. */
  cardKeyArn: string;
  /** All card keys in the primary's Region, the current one first. Absent in releases that had one. */
  cardKeys?: { arn: string; suffix: string }[];
  /** ARNs of the keys of the tables' replicas, by Region. Absent if AWS's own key encrypts them, and in earlier releases. */
  tableKeys?: Record<string, string>;
  /** Only where Cognito signs people in. */
  customers?: { table: string; keyArn: string };
  distributionArn: string;
  siteUrl: string;
  /** Topic that the primary's alarms notify. */
  alarmTopic?: string;
  /** The store's own domain, or empty. Absent in releases that did not export it yet. */
  domain?: string;
}

/** Stack that the secondary joins, and the settings in which both stacks must agree. */
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
 * Reads the primary's shared resources as they exist in this Region: tables by name, keys by id, which are the same in
 * every Region. Everything is checked before the caller registers its first resource.
 *
 * @throws {pulumi.RunError} when the primary does not exist, has never been deployed, has another peer Region, or has
 * settings that contradict this stack's.
 */
export async function readPrimaryStack(joining: Joining) {
  const { stack, region } = joining;
  const { shared, storeRegions } = await readPrimaryOutputs(stack);
  if (shared === undefined) throw new pulumi.RunError(notUpYet(stack));
  checkRegions(storeRegions, joining);
  checkDomain(shared, joining);
  const customers = checkCustomers(shared, joining);
  const { tables } = shared;
  const [regions, products, orders, cards, stock, directory] = await Promise.all(
    [tables.regions, tables.products, tables.orders, tables.cards, tables.stock, customers?.table].map((name) =>
      name === undefined ? undefined : replicaOf(name, joining),
    ),
  );
  const key = (primaryArn: string) => {
    const arn = inRegion(primaryArn, region);
    return { arn, keyId: arn.slice(arn.indexOf("/") + 1) };
  };
  const [cardKey, ...acceptedCardKeys] = (shared.cardKeys ?? [{ arn: shared.cardKeyArn, suffix: "" }]).map(
    ({ arn, suffix }) => ({ ...key(arn), suffix }),
  );
  return {
    regions: regions!,
    products: products!,
    orders: { orders: orders!, cards: cards!, stock: stock!, cardKey: cardKey!, acceptedCardKeys },
    /** Key of the replicas in this Region. */
    tableKeyArn: shared.tableKeys?.[region],
    /** Only where Cognito signs people in. */
    directory: customers && { table: directory!, key: key(customers.keyArn) },
    /** Topics for alarms in us-east-1: a CloudWatch alarm can only notify topics of its own Region. */
    globalAlarmTopicArns: shared.alarmTopic?.split(":")[3] === GLOBAL_REGION ? [shared.alarmTopic] : [],
    site: { distributionArn: shared.distributionArn, siteUrl: shared.siteUrl },
  };
}

/** Base URLs of one Region's services: the output `apiUrls`. */
export type ApiUrls = Record<"orders" | "catalogue" | "config", string> & { auth?: string };

/**
 * Reads the addresses of the secondary's APIs, which the primary's distribution forwards to. Only without a domain.
 *
 * @throws {pulumi.RunError} when the secondary has not been deployed yet, or by a release without that output.
 */
export async function readSecondaryStack(stack: string): Promise<ApiUrls> {
  const notReady = `The stack ${stack}, which stayopen:secondaryStack names, has no addresses of APIs yet. Remove the setting, run "pulumi up --stack ${stack}", and set it again.`;
  try {
    const { apiUrls } = await readOutputs<{ apiUrls?: ApiUrls }>(stack);
    if (apiUrls !== undefined) return apiUrls;
  } catch (error) {
    throw new pulumi.RunError(`${notReady} (${error instanceof Error ? error.message : error})`);
  }
  throw new pulumi.RunError(notReady);
}

interface PrimaryOutputs {
  shared?: SharedResources;
  /** The primary's Region, then its peer's. */
  storeRegions?: string[];
}

/**
 * Reads the outputs of a stack. A `StackReference` is a resource: when the stack is missing, the engine ends the update
 * with its own error, and the program could not explain what to do.
 */
async function readOutputs<Outputs>(stack: string): Promise<Outputs> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  return outputs as Outputs;
}

async function readPrimaryOutputs(stack: string): Promise<PrimaryOutputs> {
  try {
    return await readOutputs(stack);
  } catch (error) {
    throw new pulumi.RunError(`${notUpYet(stack)} (${error instanceof Error ? error.message : error})`);
  }
}

const notUpYet = (stack: string) =>
  `The stack ${pulumi.getStack()} joins ${stack}, which shares nothing yet. Run "pulumi up --stack ${stack}" first, with stayopen:peerRegion set.`;

/** Checks that both stacks name each other: the primary created replicas in its peer Region only. */
function checkRegions(storeRegions: string[] | undefined, { stack, region, primaryRegion }: Joining): void {
  if (storeRegions === undefined) return;
  const [primary, peer = "no other"] = storeRegions;
  if (primary === primaryRegion && peer === region) return;
  throw new pulumi.RunError(
    `The stack ${stack} is in ${primary} with ${peer} as its peer Region, this one is in ${region} with ${primaryRegion}. Set aws:region and stayopen:peerRegion of both stacks so that they name each other.`,
  );
}

/** Finds the replica of one of the primary's tables in this stack's Region. */
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

/** Replaces the Region of an ARN such as `arn:aws:kms:us-east-1:123456789012:key/mrk-…`. */
function inRegion(arn: string, region: string): string {
  const parts = arn.split(":");
  parts[3] = region;
  return parts.join(":");
}

/** Checks that both stacks have the same domain: the primary owns the records that validate the certificates of both Regions. */
function checkDomain(shared: SharedResources, { stack, domain: own }: Joining): void {
  const { domain = own } = shared;
  if (domain === own) return;
  const describe = (name: string) => (name === "" ? "no stayopen:domain" : `stayopen:domain "${name}"`);
  throw new pulumi.RunError(
    `The stack ${stack} has ${describe(domain)}, this one ${describe(own)}. Set the same in both and run "pulumi up --stack ${stack}" first: it owns the records that validate the certificates of both Regions.`,
  );
}

function checkCustomers(
  { customers }: SharedResources,
  { stack, hasCustomers }: Joining,
): SharedResources["customers"] {
  if ((customers !== undefined) === hasCustomers) return customers;
  const [its, own] = hasCustomers ? ["an external issuer", "Cognito"] : ["Cognito", "an external issuer"];
  throw new pulumi.RunError(
    `The stack ${stack} signs customers in with ${its}, this one with ${own}. Set in both stacks the same stayopen:oidcIssuer, stayopen:oidcAudience and stayopen:oidcClientId, or none.`,
  );
}

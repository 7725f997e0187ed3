import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { READ_ALIAS } from "../../../domain/catalogue/search/searchIndex";
import { ArgumentChecks } from "../../arguments/checks";
import { applyTransform } from "../../arguments/overrides";
import { protectionOf } from "../../infrastructure/protection";
import { allow, type Grant, type InlineFunction, reference } from "../../inlineFunction";
import type { SearchDomainArgs, SearchServiceArgs } from "../args";

/** The OpenSearch domain that holds the index. */
export interface Engine {
  endpoint: pulumi.Input<string>;
  arn: pulumi.Input<string>;
  /** Copies of each shard besides the first. */
  replicas: number;
  /** Permissions of each function that calls the engine. */
  rights: Rights;
  /** Absent with `existingDomain`. */
  domain?: aws.opensearch.Domain;
}

type Rights = Readonly<Record<"search" | "indexer" | "rebuild", Grant>>;

function rightsIn(domainArn: pulumi.Input<string>): Rights {
  const domain = reference("es:domain", domainArn);
  return {
    // A search is a POST to one path; the search function can read and write nothing else.
    search: { actions: ["es:ESHttpPost"], resources: [pulumi.interpolate`${domainArn}/${READ_ALIAS}/_search`] },
    indexer: allow(domain, "es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut"),
    rebuild: allow(domain, "es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut", "es:ESHttpDelete"),
  };
}

/** Creates the OpenSearch domain, or takes the existing one. */
export function createSearchEngine(name: string, args: SearchServiceArgs, parent: pulumi.Resource): Engine {
  if (args.existingDomain) {
    const { endpoint, arn, replicas = 0 } = args.existingDomain;
    return { endpoint, arn, replicas, rights: rightsIn(arn) };
  }
  const { instanceCount = 1 } = args.domain ?? {};
  const zones = zonesFor(instanceCount) ?? 1;
  const domain = new aws.opensearch.Domain(
    name,
    applyTransform<aws.opensearch.DomainArgs>(
      {
        domainName: domainName(name, args.domain?.name),
        engineVersion: "OpenSearch_2.19",
        clusterConfig: {
          instanceType: args.domain?.instanceType ?? "t3.small.search",
          instanceCount,
          zoneAwarenessEnabled: zones > 1,
          ...(zones > 1 && { zoneAwarenessConfig: { availabilityZoneCount: zones } }),
        },
        ebsOptions: { ebsEnabled: true, volumeType: "gp3", volumeSize: args.domain?.volumeGiB ?? 10 },
        encryptAtRest: { enabled: true },
        nodeToNodeEncryption: { enabled: true },
        domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-2019-07" },
        softwareUpdateOptions: { autoSoftwareUpdateEnabled: true },
      },
      args.transform?.domain,
    ),
    { parent, ...protectionOf(args.protectData) },
  );
  return { endpoint: domain.endpoint, arn: domain.arn, replicas: zones - 1, rights: rightsIn(domain.arn), domain };
}

type Caller = Pick<InlineFunction, "role" | "function">;

/**
 * Allows the functions' roles alone, each with its own permissions: the domain's address is public, so every request must
 * be signed by one of these roles. The domain's policy grants access even where the role's own policy does not
 * (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html), so both are the same.
 *
 * A separate resource, because the functions need the domain's address and the policy needs the functions' roles.
 */
export function allowAccess(
  name: string,
  domain: aws.opensearch.Domain,
  rights: Rights,
  functions: Record<keyof Rights, Caller> & { pages?: Caller },
  parent: pulumi.Resource,
) {
  const callers: [right: keyof Rights, caller: Caller][] = [
    ["search", functions.search],
    ["indexer", functions.indexer],
    ["rebuild", functions.rebuild],
    ...(functions.pages ? [["search", functions.pages] as [keyof Rights, Caller]] : []),
  ];
  return new aws.opensearch.DomainPolicy(
    name,
    {
      domainName: domain.domainName,
      accessPolicies: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: callers.map(([right, { role }]) => ({
          Effect: "Allow",
          Principal: { AWS: role.arn },
          Action: rights[right].actions,
          Resource: rights[right].resources,
        })),
      }),
    },
    // AWS refuses a policy that names a role it does not know yet, and the provider does not try again. Lambda has accepted the role by
    // the time that its function exists.
    { parent, dependsOn: callers.map(([, caller]) => caller.function) },
  );
}

/**
 * Checks the settings of a new search domain, so that a program can refuse them before it registers a resource.
 *
 * @param name of the {@link SearchService}.
 * @throws {pulumi.RunError} for the first one that AWS would refuse.
 */
export function checkSearchDomain(name: string, { name: physical, instanceCount, volumeGiB }: SearchDomainArgs): void {
  const checks = new ArgumentChecks("SearchService", name);
  checks.wholeNumber({ "domain.instanceCount": instanceCount }, [1]);
  if (instanceCount !== undefined && zonesFor(instanceCount) === undefined) {
    const reason = "nodes are spread evenly over zones";
    throw checks.violation("domain.instanceCount", `is ${instanceCount}`, "be 1, even or a multiple of 3", reason);
  }
  checks.wholeNumber({ "domain.volumeGiB": volumeGiB }, [10]);
  checks.text({ "domain.name": domainName(name, physical) }, DOMAIN);
}

const DOMAIN = {
  pattern: /^[a-z][a-z0-9-]{2,27}$/,
  description: "3 to 28 lower-case letters, digits and hyphens, a letter first",
};

/** Zones over which the nodes are spread, as few as possible. */
function zonesFor(instanceCount: number): 1 | 2 | 3 | undefined {
  if (instanceCount === 1) return 1;
  if (instanceCount % 3 === 0) return 3;
  return instanceCount % 2 === 0 ? 2 : undefined;
}

const domainName = (name: string, given: string | undefined): string =>
  given ?? `${name}-${pulumi.getStack()}`.toLowerCase();

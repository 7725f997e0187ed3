import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { transformed } from "../inlineFunction/args";
import type { SearchServiceArgs } from "./args";

/** Where searches and changes go. */
export interface Engine {
  endpoint: pulumi.Input<string>;
  arn: pulumi.Input<string>;
  /** Copies of each shard besides the first. */
  replicas: number;
  /** Absent when the domain exists already. */
  domain?: aws.opensearch.Domain;
}

/** What the functions reach OpenSearch by: the given domain, or a new one. */
export function engineFor(name: string, args: SearchServiceArgs, parent: pulumi.Resource): Engine {
  if (args.existingDomain) {
    const { endpoint, arn, replicas = 0 } = args.existingDomain;
    return { endpoint, arn, replicas };
  }
  const { instanceCount = 1 } = args.domain ?? {};
  const zones = zonesFor(name, instanceCount);
  const protect = args.protectData ?? true;
  const domain = new aws.opensearch.Domain(
    name,
    transformed<aws.opensearch.DomainArgs>(
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
    { parent, protect, retainOnDelete: protect },
  );
  return { endpoint: domain.endpoint, arn: domain.arn, replicas: zones - 1, domain };
}

/**
 * Lets these roles in and nobody else: the domain's address is public, so every request must be signed by one of them.
 * A policy of its own, because the functions need the domain's address and the policy needs the functions' roles.
 */
export function letIn(name: string, domain: aws.opensearch.Domain, roles: aws.iam.Role[], parent: pulumi.Resource) {
  const principals = pulumi.all(roles.map((role) => role.arn));
  return new aws.opensearch.DomainPolicy(
    name,
    {
      domainName: domain.domainName,
      accessPolicies: pulumi.all([principals, domain.arn]).apply(([arns, arn]) =>
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { AWS: arns }, Action: "es:ESHttp*", Resource: `${arn}/*` }],
        }),
      ),
    },
    { parent },
  );
}

function zonesFor(name: string, instanceCount: number): 1 | 2 | 3 {
  if (instanceCount === 1) return 1;
  if (instanceCount % 3 === 0 && instanceCount > 0) return 3;
  if (instanceCount % 2 === 0 && instanceCount > 0) return 2;
  throw new pulumi.RunError(
    `SearchService "${name}": domain.instanceCount is ${instanceCount}. Give 1, an even number or a multiple of 3: nodes are spread evenly over zones.`,
  );
}

function domainName(name: string, given: string | undefined): string {
  const physical = given ?? `${name}-${pulumi.getStack()}`.toLowerCase();
  if (/^[a-z][a-z0-9-]{2,27}$/.test(physical)) return physical;
  throw new pulumi.RunError(
    `SearchService "${name}": "${physical}" can't name an OpenSearch domain. Give domain.name: 3 to 28 lower-case letters, digits and hyphens, a letter first.`,
  );
}

import { OpenSearch, type OpenSearchPartitionInstanceType } from "@aws-sdk/client-opensearch";
import {
  type Inputs,
  optionalBoolean,
  optionalNumber,
  optionalRecord,
  optionalText,
  type ServiceHandlers,
  text,
} from "../handler";
import { checkName, checkPolicy, names } from "../rules";

export const openSearch: ServiceHandlers = {
  "aws:opensearch/domain:Domain": {
    autoName: { property: "domainName", maxLength: 28, transform: (name) => name.toLowerCase() },
    check: checkDomain,
    async create({ inputs }, context) {
      const cluster = optionalRecord(inputs, "clusterConfig") ?? {};
      const DomainName = text(inputs, "domainName");
      await context.client(OpenSearch).createDomain({
        DomainName,
        EngineVersion: optionalText(inputs, "engineVersion"),
        AccessPolicies: optionalText(inputs, "accessPolicies"),
        ClusterConfig: {
          InstanceType: optionalText(cluster, "instanceType") as OpenSearchPartitionInstanceType | undefined,
          InstanceCount: optionalNumber(cluster, "instanceCount"),
          ZoneAwarenessEnabled: optionalBoolean(cluster, "zoneAwarenessEnabled"),
        },
      });
      const arn = `arn:aws:es:${context.region}:${context.accountId}:domain/${DomainName}`;
      return {
        id: arn,
        outputs: { arn, ...endpointOf(context.searchEndpoint), domainId: `${context.accountId}/${DomainName}` },
      };
    },
    /** Ignores sizes and versions, which have no effect here. The endpoint's port may differ from an earlier run's. */
    async update({ inputs }, earlier, context) {
      if (inputs["domainName"] !== earlier.outputs["domainName"])
        throw new Error("has another domainName than the kept one: start with --fresh.");
      return { id: earlier.id, outputs: { ...earlier.outputs, ...inputs, ...endpointOf(context.searchEndpoint) } };
    },
    remove: ({ outputs }, context) =>
      context.client(OpenSearch).deleteDomain({ DomainName: text(outputs, "domainName") }),
  },
  "aws:opensearch/domainPolicy:DomainPolicy": {
    required: ["domainName", "accessPolicies"],
    check: (inputs) => checkPolicy(inputs, "accessPolicies", "resource"),
    async create({ inputs }, context) {
      await context.client(OpenSearch).updateDomainConfig({
        DomainName: text(inputs, "domainName"),
        AccessPolicies: text(inputs, "accessPolicies"),
      });
      return { id: `esd-policy-${text(inputs, "domainName")}` };
    },
    async remove() {},
  },
};

function endpointOf(endpoint: string | undefined): { endpoint: string; dashboardEndpoint: string } {
  if (endpoint === undefined) throw new Error("needs a search engine, and none was started.");
  return { endpoint, dashboardEndpoint: `${endpoint}/_dashboards` };
}

function checkDomain(inputs: Inputs): string[] {
  const cluster = optionalRecord(inputs, "clusterConfig") ?? {};
  const zones = optionalNumber(optionalRecord(cluster, "zoneAwarenessConfig") ?? {}, "availabilityZoneCount");
  const count = optionalNumber(cluster, "instanceCount") ?? 1;
  const ebs = optionalRecord(inputs, "ebsOptions") ?? {};
  const faults = [
    ...checkName(inputs, "domainName", names.domain),
    ...checkPolicy(inputs, "accessPolicies", "resource"),
  ];
  if (zones !== undefined && ![2, 3].includes(zones))
    faults.push(`availabilityZoneCount is ${zones}; AWS allows 2 or 3.`);
  if (optionalBoolean(cluster, "zoneAwarenessEnabled") && count % (zones ?? 2) !== 0) {
    faults.push(`instanceCount ${count} cannot be distributed over ${zones ?? 2} zones.`);
  }
  const type = optionalText(cluster, "instanceType");
  if (type !== undefined && !/^[a-z0-9-]+\.[a-z0-9]+\.search$/.test(type)) {
    faults.push(`instanceType "${type}" is not one of OpenSearch's, such as "t3.small.search".`);
  }
  if (type?.startsWith("t3.") && optionalRecord(inputs, "ebsOptions") === undefined) {
    faults.push(`The instanceType ${type} has no disk: it needs ebsOptions.`);
  }
  if (optionalBoolean(ebs, "ebsEnabled") && !(Number(ebs["volumeSize"]) >= 10))
    faults.push("ebsOptions need a volumeSize of at least 10 GiB.");
  return faults;
}

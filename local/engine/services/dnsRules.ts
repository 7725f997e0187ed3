import type { DeployedResource } from "../../deployment/deployment";
import { type DeployContext, type Inputs, optionalNumber, optionalRecord, records, texts } from "../handler";
import { checkOneOf, checkRange } from "../rules";

const recordTypes = [
  "A",
  "AAAA",
  "CAA",
  "CNAME",
  "DS",
  "HTTPS",
  "MX",
  "NAPTR",
  "NS",
  "PTR",
  "SOA",
  "SPF",
  "SRV",
  "SSHFP",
  "SVCB",
  "TLSA",
  "TXT",
];

const policies = [
  "cidrRoutingPolicy",
  "failoverRoutingPolicies",
  "geolocationRoutingPolicies",
  "geoproximityRoutingPolicy",
  "latencyRoutingPolicies",
  "multivalueAnswerRoutingPolicy",
  "weightedRoutingPolicies",
] as const;

/** Hosted zones of AWS's own service names, which an alias to such a name must specify. */
export const apiGatewayZones: Record<string, string> = {
  "us-east-1": "Z1UJRXOUMOOFQ8",
  "us-east-2": "ZOJJZC49E0EPZ",
  "us-west-1": "Z2MUQ32089INYE",
  "us-west-2": "Z2OJLYMUO9EFXC",
  "eu-west-1": "ZLY8HYME6SFDD",
  "eu-west-2": "ZJ5UAJN8Y3Z2Q",
  "eu-central-1": "Z1U9ULNL0V5AJ3",
  "ap-northeast-1": "Z1YSHQZHG15GKL",
  "ap-southeast-2": "Z2RPCDW04V8134",
};
const cloudFrontZone = "Z2FDTNDATAQYW2";

/** Argument name of a record's routing policy; `undefined` for a simple record. */
function policyOf(inputs: Inputs): (typeof policies)[number] | undefined {
  return policies.find((key) => {
    const value = inputs[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== false;
  });
}

/** Normalizes a DNS name: lower case, without the trailing dot. */
export function dnsName(name: unknown): string {
  return String(name).toLowerCase().replace(/\.$/, "");
}

/** Checks one record by Route 53's rules. */
export function checkRecord(inputs: Inputs): string[] {
  const name = dnsName(inputs["name"]);
  const aliases = records(inputs, "aliases");
  const values = texts(inputs, "records");
  const used = policies.filter((key) => policyOf({ [key]: inputs[key] }) !== undefined);
  const faults = [
    ...checkDnsName(name, "name", true),
    ...checkOneOf(inputs, "type", recordTypes),
    ...checkRange(inputs, "ttl", 0, 2_147_483_647),
  ];
  if (!name.includes(".")) faults.push(`The name "${name}" is relative: give the whole name, with its domain.`);
  if (aliases.length > 0 === values.length > 0) faults.push(`Exactly one of "records" and "aliases" must be given.`);
  if (values.length > 0 && inputs["ttl"] === undefined) faults.push(`A record with "records" needs a "ttl".`);
  if (aliases.length > 0 && inputs["ttl"] !== undefined)
    faults.push("An alias has the TTL of its target: leave out ttl.");
  if (aliases.length > 1) faults.push("A record can have one alias only.");
  if (inputs["type"] === "CNAME" && values.length > 1) faults.push("A CNAME has one value only.");
  if (used.length > 1) faults.push(`Only one routing policy can be given, not both ${used.join(" and ")}.`);
  const hasIdentifier = typeof inputs["setIdentifier"] === "string" && inputs["setIdentifier"] !== "";
  if (used.length > 0 && !hasIdentifier) faults.push("A record with a routing policy needs a setIdentifier.");
  if (used.length === 0 && hasIdentifier) faults.push("A setIdentifier is only for records with a routing policy.");
  for (const policy of records(inputs, "failoverRoutingPolicies"))
    faults.push(...checkOneOf(policy, "type", ["PRIMARY", "SECONDARY"]));
  for (const policy of records(inputs, "weightedRoutingPolicies")) faults.push(...checkRange(policy, "weight", 0, 255));
  for (const policy of records(inputs, "latencyRoutingPolicies")) {
    if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(String(policy["region"]))) {
      faults.push(`The latency policy's region ${JSON.stringify(policy["region"])} is not a Region.`);
    }
  }
  for (const alias of aliases) faults.push(...checkAlias(alias, inputs));
  return faults;
}

function checkAlias(alias: Inputs, { type }: Inputs): string[] {
  const [target, zone] = [dnsName(alias["name"]), String(alias["zoneId"])];
  const faults = alias["evaluateTargetHealth"] === undefined ? ["An alias needs evaluateTargetHealth."] : [];
  const region = /\.execute-api\.([\w-]+)\.amazonaws\.com$/.exec(target)?.[1];
  const expected = region ? apiGatewayZones[region] : target.endsWith(".cloudfront.net") ? cloudFrontZone : undefined;
  if (expected !== undefined && zone !== expected) {
    faults.push(`The alias to ${target} names the zone ${zone}; that name's zone is ${expected}.`);
  }
  if (region && !target.startsWith("d-")) {
    faults.push(`The alias's target ${target} is an API's own name: Route 53 takes the custom domain's regional name.`);
  }
  if (target.endsWith(".cloudfront.net") && alias["evaluateTargetHealth"] === true) {
    faults.push(
      "Route 53 cannot evaluate the health of a CloudFront distribution: evaluateTargetHealth must be false.",
    );
  }
  if ((region || expected === cloudFrontZone) && !["A", "AAAA", "HTTPS"].includes(String(type))) {
    faults.push(`An alias to ${target} is of the type A or AAAA, not ${String(type)}.`);
  }
  return faults;
}

/** Checks a record against the others of its name: Route 53 refuses duplicates and mixed policies. */
export function checkBesideOthers(inputs: Inputs, { resources }: DeployContext): string[] {
  const isSameSet = ({ inputs: other }: DeployedResource) =>
    other["zoneId"] === inputs["zoneId"] && dnsName(other["name"]) === dnsName(inputs["name"]);
  const sameName = resources("aws:route53/record:Record").filter(isSameSet);
  const name = dnsName(inputs["name"]);
  const faults: string[] = [];
  for (const { inputs: other, name: otherName } of sameName) {
    if ((other["type"] === "CNAME") !== (inputs["type"] === "CNAME")) {
      faults.push(`${name} cannot have a CNAME and another record (${otherName}).`);
    }
    if (other["type"] !== inputs["type"]) continue;
    if (policyOf(other) !== policyOf(inputs)) {
      faults.push(`${name} has a record with another routing policy, ${otherName}: they must be the same.`);
    } else if (
      (other["setIdentifier"] ?? "") === (inputs["setIdentifier"] ?? "") &&
      inputs["allowOverwrite"] !== true
    ) {
      faults.push(`${name} has such a record already, ${otherName}: its name, type and setIdentifier are the same.`);
    } else if (failoverRole(other) !== undefined && failoverRole(other) === failoverRole(inputs)) {
      faults.push(`${name} has a ${String(failoverRole(inputs))} record already, ${otherName}.`);
    }
  }
  return faults;
}

function failoverRole(inputs: Inputs): unknown {
  return records(inputs, "failoverRoutingPolicies")[0]?.["type"];
}

/** Checks a host name; certificates and records may have a star as the first label. */
export function checkDnsName(name: string, property: string, underscores = false): string[] {
  if (name.length > 253) return [`The ${property} "${name}" has ${name.length} characters; DNS allows 253.`];
  const label = underscores ? /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/ : /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
  const bad = name
    .split(".")
    .find((each, index) => (each !== "*" || index > 0) && (!label.test(each) || each.length > 63));
  return bad === undefined
    ? []
    : [`The ${property} "${name}" is no DNS name: "${bad}" is not allowed between its dots.`];
}

const checkTypes = [
  "HTTP",
  "HTTPS",
  "HTTP_STR_MATCH",
  "HTTPS_STR_MATCH",
  "TCP",
  "CALCULATED",
  "CLOUDWATCH_METRIC",
  "RECOVERY_CONTROL",
];

/** Checks a health check by Route 53's rules. */
export function checkHealthCheck(inputs: Inputs): string[] {
  const type = String(inputs["type"]);
  const asks = /^(HTTP|TCP)/.test(type);
  const faults = [
    ...checkOneOf(inputs, "type", checkTypes),
    ...checkOneOf({ requestInterval: optionalNumber(inputs, "requestInterval") }, "requestInterval", [
      undefined,
      10,
      30,
    ]),
    ...checkRange(inputs, "failureThreshold", 1, 10),
    ...checkRange(inputs, "port", 1, 65_535),
  ];
  const only = (keys: string[], what: string) => {
    const given = keys.find((key) => inputs[key] !== undefined && inputs[key] !== null);
    if (given !== undefined) faults.push(`The argument "${given}" is only for ${what} health checks.`);
  };
  if (asks) {
    if (!inputs["fqdn"] && !inputs["ipAddress"])
      faults.push(`A health check of the type ${type} needs an fqdn or an ipAddress.`);
    if (type === "TCP" && inputs["port"] === undefined) faults.push("A TCP health check needs a port.");
    only(["childHealthchecks", "childHealthThreshold"], "CALCULATED");
  } else
    only(
      [
        "requestInterval",
        "failureThreshold",
        "resourcePath",
        "fqdn",
        "ipAddress",
        "port",
        "regions",
        "measureLatency",
        "enableSni",
      ],
      "HTTP, HTTPS and TCP",
    );
  if (type === "CALCULATED") {
    if (texts(inputs, "childHealthchecks").length === 0)
      faults.push("A CALCULATED health check needs childHealthchecks.");
    if (inputs["childHealthThreshold"] === undefined)
      faults.push("A CALCULATED health check needs a childHealthThreshold.");
    faults.push(...checkRange(inputs, "childHealthThreshold", 0, 256));
    if (texts(inputs, "childHealthchecks").length > 255)
      faults.push("A CALCULATED health check has at most 255 children.");
  }
  if (type === "CLOUDWATCH_METRIC") {
    if (!inputs["cloudwatchAlarmName"] || !inputs["cloudwatchAlarmRegion"])
      faults.push("A CLOUDWATCH_METRIC health check needs cloudwatchAlarmName and cloudwatchAlarmRegion.");
    faults.push(...checkOneOf(inputs, "insufficientDataHealthStatus", ["Healthy", "Unhealthy", "LastKnownStatus"]));
  }
  if (!type.endsWith("_STR_MATCH")) only(["searchString"], "*_STR_MATCH");
  if (String(inputs["resourcePath"] ?? "").length > 255)
    faults.push("The resourcePath is longer than the 255 characters that Route 53 takes.");
  if (String(inputs["referenceName"] ?? "").length > 27)
    faults.push("The referenceName is longer than the 27 characters that the provider takes.");
  if (type.startsWith("HTTPS") && inputs["enableSni"] === false && inputs["fqdn"]) {
    faults.push("Without enableSni the API's custom domain cannot choose its certificate.");
  }
  const regions = texts(inputs, "regions");
  if (regions.length > 0 && regions.length < 3)
    faults.push("A health check needs at least three regions, or none for all.");
  const tags = optionalRecord(inputs, "tags");
  if (tags && Object.keys(tags).length > 10) faults.push("A health check takes at most 10 tags.");
  return faults;
}

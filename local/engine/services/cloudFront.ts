import {
  computed,
  type DeployContext,
  type Faults,
  type Inputs,
  optionalRecord,
  optionalText,
  type ResourceHandler,
  records,
  type ServiceHandlers,
  text,
  texts,
  urnDigest,
  urnUuid,
} from "../handler";
import type { Registration } from "../program";
import { checkName, checkOneOf, checkRange, names } from "../rules";
import { checkCertificate } from "./acm";

/**
 * Checks CloudFront's resources and computes their outputs. local/aws/edge serves them as they are registered, because the
 * emulator's own CloudFront has neither caches nor origin groups.
 */
export const cloudFront: ServiceHandlers = {
  "aws:cloudfront/distribution:Distribution": computed(
    {
      required: ["enabled", "origins", "defaultCacheBehavior", "restrictions", "viewerCertificate"],
      check: checkDistribution,
    },
    (resource, context) => {
      const id = identifier("E", 13, resource);
      return {
        id,
        outputs: {
          arn: arn("distribution", id, context),
          domainName: `${identifier("d", 13, resource).toLowerCase()}.cloudfront.net`,
          hostedZoneId: "Z2FDTNDATAQYW2",
          status: "Deployed",
          etag: identifier("E", 13, resource),
          callerReference: resource.urn,
        },
      };
    },
  ),
  "aws:cloudfront/originAccessControl:OriginAccessControl": computed(
    {
      autoName: { property: "name", maxLength: 64 },
      required: ["originAccessControlOriginType", "signingBehavior", "signingProtocol"],
      check: (inputs) => [
        ...checkName(inputs, "name", { form: /^[^\p{Cc}]+$/u, maxLength: 64, allowed: "any but control characters" }),
        ...checkOneOf(inputs, "originAccessControlOriginType", ["s3", "lambda", "mediastore", "mediapackagev2"]),
        ...checkOneOf(inputs, "signingBehavior", ["always", "never", "no-override"]),
        ...checkOneOf(inputs, "signingProtocol", ["sigv4"]),
      ],
    },
    (resource, context) => {
      const id = identifier("E", 13, resource);
      return { id, outputs: { arn: arn("origin-access-control", id, context), etag: id } };
    },
  ),
  "aws:cloudfront/function:Function": computed(
    {
      autoName: { property: "name", maxLength: 64 },
      required: ["code", "runtime"],
      check: (inputs) => [
        checkName(inputs, "name", names.cloudFront),
        checkOneOf(inputs, "runtime", ["cloudfront-js-1.0", "cloudfront-js-2.0"]),
        Buffer.byteLength(String(inputs["code"])) > 10_240 &&
          "The code is longer than the 10 KB that CloudFront takes.",
        !/\bfunction\s+handler\s*\(|\bhandler\s*=/.test(String(inputs["code"])) &&
          "The code has no function named handler.",
      ],
    },
    ({ inputs }, context) => {
      const name = text(inputs, "name");
      return {
        id: name,
        outputs: { arn: arn("function", name, context), status: "UNASSOCIATED", publish: inputs["publish"] ?? true },
      };
    },
  ),
  "aws:cloudfront/cachePolicy:CachePolicy": policy("cache-policy", (inputs) => [
    !optionalRecord(inputs, "parametersInCacheKeyAndForwardedToOrigin") &&
      `The argument "parametersInCacheKeyAndForwardedToOrigin" is missing.`,
    Number(inputs["minTtl"] ?? 0) > Number(inputs["maxTtl"] ?? 31_536_000) && "The minTtl is over the maxTtl.",
  ]),
  "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": policy("origin-request-policy", (inputs) =>
    ["cookiesConfig", "headersConfig", "queryStringsConfig"]
      .filter((key) => inputs[key] === undefined)
      .map((key) => `The argument "${key}" is missing.`),
  ),
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": policy("response-headers-policy", () => []),
};

function policy(kind: string, check: (inputs: Inputs) => Faults): ResourceHandler {
  return computed(
    {
      autoName: { property: "name", maxLength: 128 },
      check: (inputs) => [...checkName(inputs, "name", names.cloudFrontPolicy), ...check(inputs)],
    },
    (resource, context) => {
      const id = urnUuid(resource);
      return { id, outputs: { arn: arn(kind, id, context), etag: identifier("E", 13, resource) } };
    },
  );
}

function arn(kind: string, id: string, { accountId }: DeployContext): string {
  return `arn:aws:cloudfront::${accountId}:${kind}/${id}`;
}

/** Generates an id that is the same in every run. */
function identifier(prefix: string, length: number, resource: Registration): string {
  return (
    prefix +
    BigInt(`0x${urnDigest(resource)}`)
      .toString(36)
      .toUpperCase()
      .slice(0, length)
  );
}

const readMethods = "GET,HEAD";
const methodSets = new Set([readMethods, "GET,HEAD,OPTIONS", "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"]);

function checkDistribution(inputs: Inputs, context: DeployContext): string[] {
  const origins = new Set([
    ...records(inputs, "origins").map((origin) => origin["originId"]),
    ...records(inputs, "originGroups").map((group) => group["originId"]),
  ]);
  const behaviors = [optionalRecord(inputs, "defaultCacheBehavior") ?? {}, ...records(inputs, "orderedCacheBehaviors")];
  const faults = [
    ...checkOneOf(inputs, "httpVersion", ["http1.1", "http2", "http3", "http2and3"]),
    ...checkOneOf(inputs, "priceClass", ["PriceClass_All", "PriceClass_200", "PriceClass_100"]),
  ];
  if (behaviors.length > 76) faults.push("A distribution has at most 75 cache behaviors besides the default one.");
  for (const origin of records(inputs, "origins")) {
    const id = String(origin["originId"]);
    if (!/^[^/\s]+\.[^/\s]+$/.test(String(origin["domainName"]))) {
      faults.push(`The origin ${id} has "${String(origin["domainName"])}" for a domainName, which is not a host name.`);
    }
    if (typeof origin["originPath"] === "string" && !/^(\/.*[^/])?$/.test(origin["originPath"])) {
      faults.push(`The originPath of ${id} must begin with a / and not end with one.`);
    }
    faults.push(...checkRange(origin, "connectionAttempts", 1, 3), ...checkRange(origin, "connectionTimeout", 1, 10));
    const web = optionalRecord(origin, "customOriginConfig");
    if (web) faults.push(...checkRange(web, "originReadTimeout", 1, 120));
    if (web && origin["originAccessControlId"] && origin["originAccessControlId"] !== "") {
      faults.push(`The origin ${id} has a customOriginConfig and an originAccessControlId, which is for buckets.`);
    }
  }
  const groups = records(inputs, "originGroups");
  for (const group of groups) faults.push(...checkOriginGroup(group, records(inputs, "origins")));
  const groupIds = new Set(groups.map((group) => group["originId"]));
  for (const behavior of behaviors) {
    const writes = texts(behavior, "allowedMethods").filter((method) => !["GET", "HEAD", "OPTIONS"].includes(method));
    if (groupIds.has(behavior["targetOriginId"]) && writes.length > 0) {
      faults.push(
        `The behavior ${String(behavior["pathPattern"] ?? "by default")} allows ${writes.join(", ")}, which CloudFront refuses for an origin group.`,
      );
    }
  }
  for (const behavior of behaviors) faults.push(...checkBehavior(behavior, origins));
  const aliases = texts(inputs, "aliases");
  const certificate = optionalRecord(inputs, "viewerCertificate") ?? {};
  if (aliases.length > 0 && !certificate["acmCertificateArn"] && !certificate["iamCertificateId"]) {
    faults.push("Aliases need a certificate (viewerCertificate.acmCertificateArn).");
  }
  const certificateArn = optionalText(certificate, "acmCertificateArn");
  if (certificateArn && !certificateArn.startsWith("arn:aws:acm:us-east-1:")) {
    faults.push("The viewer certificate must be one of us-east-1.");
  } else if (certificateArn && aliases.length > 0) {
    faults.push(...checkCertificate(certificateArn, "us-east-1", aliases, context));
  }
  return faults;
}

const failoverStatuses = [403, 404, 416, 429, 500, 502, 503, 504];

function checkOriginGroup(group: Inputs, origins: Inputs[]): string[] {
  const name = `The origin group ${String(group["originId"])}`;
  const members = records(group, "members").map((member) => member["originId"]);
  const statuses = optionalRecord(group, "failoverCriteria")?.["statusCodes"];
  const faults = members.length === 2 ? [] : [`${name} has ${members.length} members; CloudFront wants two.`];
  for (const member of members) {
    if (!origins.some((origin) => origin["originId"] === member)) {
      faults.push(`${name} names the origin ${String(member)}, which does not exist.`);
    }
  }
  if (!Array.isArray(statuses) || statuses.length === 0) faults.push(`${name} has no failoverCriteria.statusCodes.`);
  else {
    const bad = statuses.find((status) => !failoverStatuses.includes(Number(status)));
    if (bad !== undefined)
      faults.push(`${name} fails over on ${String(bad)}; CloudFront takes ${failoverStatuses.join(", ")}.`);
  }
  return faults;
}

function checkBehavior(behavior: Inputs, origins: Set<unknown>): string[] {
  const where = `The behavior ${String(behavior["pathPattern"] ?? "by default")}`;
  const faults = checkOneOf(behavior, "viewerProtocolPolicy", ["allow-all", "https-only", "redirect-to-https"]);
  if (!origins.has(behavior["targetOriginId"])) {
    faults.push(`${where} leads to the origin ${String(behavior["targetOriginId"])}, which does not exist.`);
  }
  const allowed = texts(behavior, "allowedMethods").sort().join();
  const cached = texts(behavior, "cachedMethods").sort().join();
  if (!methodSets.has(allowed))
    faults.push(`${where} allows ${allowed || "no method"}; CloudFront takes one of three sets of methods.`);
  if (cached !== readMethods && cached !== "GET,HEAD,OPTIONS")
    faults.push(`${where} caches ${cached || "no method"}; CloudFront takes GET and HEAD, or these and OPTIONS.`);
  if (!behavior["cachePolicyId"] && !behavior["forwardedValues"]) faults.push(`${where} has no cachePolicyId.`);
  if (behavior["cachePolicyId"] && behavior["forwardedValues"])
    faults.push(`${where} has both cachePolicyId and forwardedValues.`);
  const events = records(behavior, "functionAssociations").map((association) => association["eventType"]);
  if (new Set(events).size !== events.length) faults.push(`${where} has two functions for one event.`);
  for (const event of events) {
    if (event !== "viewer-request" && event !== "viewer-response")
      faults.push(`${where} has a function for ${String(event)}.`);
  }
  faults.push(...checkRange(behavior, "minTtl", 0, 3_153_600_000));
  return faults;
}

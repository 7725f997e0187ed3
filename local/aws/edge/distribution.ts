import { type DeployedResource, type Deployment, resourcesOfType } from "../../deployment/deployment";
import { EdgeFunction } from "./edgeFunction";
import { type CachePolicy, type Forwarded, Policies, type ResponseHeadersPolicy } from "./policies";

/** Origin that CloudFront fetches from. */
export interface Origin {
  originId: string;
  domainName: string;
  /** Prefix of each path: empty, or with a leading slash. */
  originPath: string;
  /** Sent with each request. */
  customHeaders: { name: string; value: string }[];
  connectionAttempts: number;
  connectionTimeoutMs: number;
  readTimeoutMs: number;
  /** True for a bucket read under an origin access control; otherwise the origin is an HTTP server. */
  fromBucket: boolean;
  signed: boolean;
}

/** One origin, or the two of an origin group: the second is used if the first fails with one of the statuses. */
interface OriginChoice {
  origins: Origin[];
  failoverStatuses: number[];
}

export interface Behavior {
  pathPattern: string;
  target: OriginChoice;
  allowedMethods: string[];
  compress: boolean;
  cache: CachePolicy;
  originRequest: Forwarded;
  responseHeaders: ResponseHeadersPolicy;
  viewerRequest?: EdgeFunction;
  viewerResponse?: EdgeFunction;
}

interface ErrorResponse {
  errorCode: number;
  responseCode?: number;
  responsePagePath?: string;
  /** Seconds; CloudFront's default is 10. */
  errorCachingMinTtl?: number;
}

/** A distribution as the edge serves it. */
export interface Distribution {
  id: string;
  arn: string;
  domainName: string;
  aliases: string[];
  enabled: boolean;
  defaultRootObject?: string;
  /** In order of precedence; the default one is last. */
  behaviors: Behavior[];
  errorResponses: ErrorResponse[];
}

type Inputs = Record<string, unknown>;

/**
 * Reads the deployments' distributions, with their policies and functions resolved.
 *
 * @throws Error that names a part that is not emulated or that CloudFront would refuse.
 */
export function distributionsOf(
  deployments: readonly Pick<Deployment, "resources">[],
  log: (line: string) => void,
): Distribution[] {
  const resources = deployments.flatMap((deployment) => deployment.resources);
  const functions = new Map(
    resourcesOfType({ resources }, "aws:cloudfront/function:Function").map(({ name, inputs, outputs }) => [
      String(outputs["arn"]),
      new EdgeFunction(name, String(inputs["code"]), inputs["runtime"], log),
    ]),
  );
  const policies = new Policies(resources);
  return resourcesOfType({ resources }, "aws:cloudfront/distribution:Distribution").map((resource) =>
    distributionOf(resource, functions, policies),
  );
}

function distributionOf(
  { name, id, inputs, outputs }: DeployedResource,
  functions: Map<string, EdgeFunction>,
  policies: Policies,
): Distribution {
  const refuse = (sentence: string): never => {
    throw new Error(`Distribution "${name}": ${sentence}`);
  };
  const origins = new Map(
    (inputs["origins"] as Inputs[]).map((origin) => [String(origin["originId"]), originOf(origin)]),
  );
  const choices = new Map<string, OriginChoice>(
    [...origins].map(([originId, origin]) => [originId, { origins: [origin], failoverStatuses: [] }]),
  );
  for (const group of (inputs["originGroups"] ?? []) as Inputs[]) {
    const members = (group["members"] as { originId: string }[]).map(
      ({ originId }) => origins.get(originId) ?? refuse(`an origin group names the unknown origin "${originId}".`),
    );
    const { statusCodes } = group["failoverCriteria"] as { statusCodes: number[] };
    choices.set(String(group["originId"]), { origins: members, failoverStatuses: statusCodes });
  }
  const behavior = (config: Inputs): Behavior => {
    const [pathPattern, targetId] = [String(config["pathPattern"] ?? "*"), String(config["targetOriginId"])];
    for (const unknown of ["lambdaFunctionAssociations", "trustedKeyGroups", "trustedSigners", "forwardedValues"]) {
      const value = config[unknown];
      if (value && !(Array.isArray(value) && value.length === 0)) refuse(`\`${unknown}\` is not emulated.`);
    }
    const associated = (eventType: string) => {
      const associations = (config["functionAssociations"] ?? []) as { eventType: string; functionArn: string }[];
      const arn = associations.find((one) => one.eventType === eventType)?.functionArn;
      return arn === undefined ? undefined : (functions.get(arn) ?? refuse(`no function ${arn}.`));
    };
    return {
      pathPattern,
      target: choices.get(targetId) ?? refuse(`"${pathPattern}" targets the unknown origin "${targetId}".`),
      allowedMethods: config["allowedMethods"] as string[],
      compress: config["compress"] === true,
      cache: policies.cache(config["cachePolicyId"]),
      originRequest: policies.originRequest(config["originRequestPolicyId"]),
      responseHeaders: policies.responseHeaders(config["responseHeadersPolicyId"]),
      viewerRequest: associated("viewer-request"),
      viewerResponse: associated("viewer-response"),
    };
  };
  return {
    id,
    arn: String(outputs["arn"]),
    domainName: String(outputs["domainName"]),
    aliases: (inputs["aliases"] ?? []) as string[],
    enabled: inputs["enabled"] !== false,
    defaultRootObject: inputs["defaultRootObject"] as string | undefined,
    behaviors: [
      ...((inputs["orderedCacheBehaviors"] ?? []) as Inputs[]).map(behavior),
      { ...behavior(inputs["defaultCacheBehavior"] as Inputs), pathPattern: "*" },
    ],
    errorResponses: (inputs["customErrorResponses"] ?? []) as ErrorResponse[],
  };
}

function originOf(config: Inputs): Origin {
  const web = config["customOriginConfig"] as { originReadTimeout?: number } | undefined;
  return {
    originId: String(config["originId"]),
    domainName: String(config["domainName"]),
    originPath: String(config["originPath"] ?? ""),
    customHeaders: (config["customHeaders"] ?? []) as Origin["customHeaders"],
    connectionAttempts: Number(config["connectionAttempts"] ?? 3),
    connectionTimeoutMs: Number(config["connectionTimeout"] ?? 10) * 1000,
    readTimeoutMs: Number(web?.originReadTimeout ?? 30) * 1000,
    fromBucket: web === undefined,
    signed: config["originAccessControlId"] !== undefined,
  };
}

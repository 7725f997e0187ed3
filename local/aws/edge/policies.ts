import type { DeployedResource } from "../../deployment/deployment";

/** Names of the request's headers, cookies or query strings that go to the origin. */
export interface Selection {
  kind: "none" | "all" | "listed" | "all-except";
  /** Lower case for headers. */
  names: string[];
}

/** Values that a policy forwards to the origin. */
export interface Forwarded {
  headers: Selection;
  cookies: Selection;
  queryStrings: Selection;
}

/** A cache policy. Times are in seconds. */
export interface CachePolicy extends Forwarded {
  /** True if CloudFront may compress with it: never when it may not cache. */
  gzip: boolean;
  brotli: boolean;
  minTtl: number;
  /** Without `Cache-Control` or `Expires`. */
  defaultTtl: number;
  maxTtl: number;
}

/** A header that is set on the way to the viewer. */
interface SetHeader {
  name: string;
  value: string;
  /** True if it replaces the origin's value. */
  override: boolean;
}

export interface ResponseHeadersPolicy {
  set: SetHeader[];
  /** Lower case. */
  remove: string[];
}

const none: Selection = { kind: "none", names: [] };
const all: Selection = { kind: "all", names: [] };
const nothing: Forwarded = { headers: none, cookies: none, queryStrings: none };
const uncached = { minTtl: 0, defaultTtl: 0, maxTtl: 0 };
const optimized = { minTtl: 1, defaultTtl: 86_400, maxTtl: 31_536_000 };

/** Policies that AWS manages, by the ids they have in every account. */
const managedCachePolicies: Record<string, CachePolicy> = {
  // CachingOptimized
  "658327ea-f89d-4fab-a63d-7e88639e58f6": { ...nothing, ...optimized, gzip: true, brotli: true },
  // CachingOptimizedForUncompressedObjects
  "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": { ...nothing, ...optimized, gzip: false, brotli: false },
  // CachingDisabled
  "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": { ...nothing, ...uncached, gzip: false, brotli: false },
};
const managedOriginRequestPolicies: Record<string, Forwarded> = {
  // AllViewer
  "216adef6-5c7f-47e4-b989-5492eafa07d3": { headers: all, cookies: all, queryStrings: all },
  // AllViewerExceptHostHeader
  "b689b0a8-53d0-40ab-baf2-68738e2966ac": {
    headers: { kind: "all-except", names: ["host"] },
    cookies: all,
    queryStrings: all,
  },
  // CORS-S3Origin
  "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": {
    ...nothing,
    headers: { kind: "listed", names: ["origin", "access-control-request-headers", "access-control-request-method"] },
  },
};
const managedResponseHeadersPolicies: Record<string, ResponseHeadersPolicy> = {
  // SecurityHeadersPolicy
  "67f7725c-6f97-4210-82d7-5512b31e9d03": {
    remove: [],
    set: [
      { name: "X-XSS-Protection", value: "1; mode=block", override: false },
      { name: "X-Frame-Options", value: "SAMEORIGIN", override: false },
      { name: "Referrer-Policy", value: "strict-origin-when-cross-origin", override: false },
      { name: "X-Content-Type-Options", value: "nosniff", override: true },
      { name: "Strict-Transport-Security", value: "max-age=31536000", override: false },
    ],
  },
};

type Inputs = Record<string, unknown>;

/** Finds policies by id among the program's resources and those that AWS manages. */
export class Policies {
  constructor(private readonly resources: readonly DeployedResource[]) {}

  /** Without a policy nothing is forwarded and nothing compressed. */
  cache(id: unknown): CachePolicy {
    if (id === undefined) return { ...nothing, ...uncached, gzip: false, brotli: false };
    const managed = managedCachePolicies[String(id)];
    if (managed) return managed;
    const inputs = this.inputsOf("aws:cloudfront/cachePolicy:CachePolicy", id, "cache policy");
    const parameters = (inputs["parametersInCacheKeyAndForwardedToOrigin"] ?? {}) as Inputs;
    const seconds = (name: string, otherwise: number) => Number(inputs[name] ?? otherwise);
    return {
      ...forwarded(parameters),
      minTtl: seconds("minTtl", 0),
      defaultTtl: seconds("defaultTtl", 86_400),
      maxTtl: seconds("maxTtl", 31_536_000),
      gzip: parameters["enableAcceptEncodingGzip"] === true,
      brotli: parameters["enableAcceptEncodingBrotli"] === true,
    };
  }

  originRequest(id: unknown): Forwarded {
    if (id === undefined) return nothing;
    const managed = managedOriginRequestPolicies[String(id)];
    if (managed) return managed;
    return forwarded(
      this.inputsOf("aws:cloudfront/originRequestPolicy:OriginRequestPolicy", id, "origin request policy"),
    );
  }

  responseHeaders(id: unknown): ResponseHeadersPolicy {
    if (id === undefined) return { set: [], remove: [] };
    const managed = managedResponseHeadersPolicies[String(id)];
    if (managed) return managed;
    const type = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy";
    const inputs = this.inputsOf(type, id, "response headers policy");
    for (const name of ["corsConfig", "serverTimingHeadersConfig"]) {
      if (inputs[name]) throw new Error(`The edge does not emulate \`${name}\` of a response headers policy.`);
    }
    const custom = itemsOf(inputs["customHeadersConfig"]) as { header: string; value: string; override?: boolean }[];
    const removed = itemsOf(inputs["removeHeadersConfig"]) as { header: string }[];
    return {
      set: [
        ...securityHeaders((inputs["securityHeadersConfig"] ?? {}) as Inputs),
        ...custom.map(({ header, value, override }) => ({ name: header, value, override: override === true })),
      ],
      remove: removed.map(({ header }) => header.toLowerCase()),
    };
  }

  private inputsOf(type: string, id: unknown, what: string): Inputs {
    const found = this.resources.find((resource) => resource.type === type && resource.id === id);
    if (!found) throw new Error(`Neither the program nor the edge has a ${what} ${String(id)}.`);
    return found.inputs;
  }
}

function forwarded(config: Inputs): Forwarded {
  return {
    headers: selection(config["headersConfig"], "header", "headers", (name) => name.toLowerCase()),
    cookies: selection(config["cookiesConfig"], "cookie", "cookies"),
    queryStrings: selection(config["queryStringsConfig"], "queryString", "queryStrings"),
  };
}

function selection(config: unknown, one: string, many: string, normal = (name: string) => name): Selection {
  const inputs = (config ?? {}) as Inputs;
  const names = (itemsOf(inputs[many]) as string[]).map(normal);
  const behavior = inputs[`${one}Behavior`] ?? "none";
  switch (behavior) {
    case "none":
      return none;
    case "all":
    case "allViewer":
    case "allViewerAndWhitelistCloudFront":
      return all;
    case "whitelist":
      return { kind: "listed", names };
    case "allExcept":
      return { kind: "all-except", names };
    default:
      throw new Error(`The edge does not emulate the ${one} behaviour ${JSON.stringify(behavior)}.`);
  }
}

function itemsOf(config: unknown): unknown[] {
  return ((config as { items?: unknown[] } | undefined)?.items ?? []) as unknown[];
}

function securityHeaders(config: Inputs): SetHeader[] {
  const part = (name: string) => config[name] as Inputs | undefined;
  const headers: SetHeader[] = [];
  const set = (name: string, from: Inputs | undefined, value: (from: Inputs) => string) => {
    if (from) headers.push({ name, value: value(from), override: from["override"] === true });
  };
  set("Content-Security-Policy", part("contentSecurityPolicy"), (from) => String(from["contentSecurityPolicy"]));
  set("X-Content-Type-Options", part("contentTypeOptions"), () => "nosniff");
  set("X-Frame-Options", part("frameOptions"), (from) => String(from["frameOption"]));
  set("Referrer-Policy", part("referrerPolicy"), (from) => String(from["referrerPolicy"]));
  set("Strict-Transport-Security", part("strictTransportSecurity"), (from) =>
    [
      `max-age=${String(from["accessControlMaxAgeSec"])}`,
      ...(from["includeSubdomains"] ? ["includeSubDomains"] : []),
      ...(from["preload"] ? ["preload"] : []),
    ].join("; "),
  );
  set("X-XSS-Protection", part("xssProtection"), (from) =>
    from["protection"] ? ["1", ...(from["modeBlock"] ? ["mode=block"] : [])].join("; ") : "0",
  );
  return headers;
}

/** Returns true if a selection contains a name. */
export function selects({ kind, names }: Selection, name: string): boolean {
  if (kind === "none") return false;
  if (kind === "all") return true;
  return names.includes(name) === (kind === "listed");
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks } from "../../arguments/checks";
import { applyTransform } from "../../arguments/overrides";
import { EDGE_HEADER } from "../../runtime/edgeHeader";
import type { SiteApi, StaticSiteArgs } from "../args";
import { pageFallback, RESERVED_SEGMENTS, unknownPageStatus } from "../functions/edgeFunctions";
import { createBucketOrigins, READ } from "./bucketOrigins";
import { createRegionPaths } from "./regionPaths";
import { createRenderedPages, RENDERER, RENDERER_LIMITS, RENDERER_READ_SECONDS } from "./renderedPages";
import { type AllowedOrigins, createSecurityHeaders } from "./securityHeaders";
import { createSignInPaths } from "./signInPaths";

const EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

type Behavior = aws.types.input.cloudfront.DistributionOrderedCacheBehavior;
type Origin = aws.types.input.cloudfront.DistributionOrigin;

/** Policies that AWS manages; their ids are the same in every account. */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** Upper limit for the cache time that an API's response requests. */
const LONGEST_API_CACHE_SECONDS = 60;

/**
 * By default CloudFront caches these for ten seconds, whatever their `Cache-Control`: one customer's 503 would reach all
 * customers of that edge, and prolong a Region's failure.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
 */
const UNCACHED_ERRORS = [500, 502, 503, 504].map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 }));

export function createDistribution(
  name: string,
  args: StaticSiteArgs,
  bucket: aws.s3.Bucket,
  folders: string[],
  allowed: AllowedOrigins,
  webAclId: pulumi.Input<string> | undefined,
  parent: pulumi.Resource,
): aws.cloudfront.Distribution {
  const apis = Object.entries(args.apis ?? {});
  const headers = createSecurityHeaders(name, allowed, args.domain !== undefined, parent).id;
  const files = createBucketOrigins(name, bucket, args.peerBucket, parent);
  const signIns = createSignInPaths(name, args.signInRegions ?? [], parent);
  const regionPaths = createRegionPaths(name, args.regionApis ?? {}, parent);
  const rendered = args.rendered && createRenderedPages(name, args.rendered, files, headers, parent);
  const answersCached = apis.some(([, api]) => api.cache) ? apiCachePolicy(name, parent).id : undefined;

  const toApi = (pathPattern: pulumi.Input<string>, targetOriginId: pulumi.Input<string>): Behavior => ({
    pathPattern,
    targetOriginId,
    viewerProtocolPolicy: "https-only",
    allowedMethods: EVERY_METHOD,
    cachedMethods: READ,
    cachePolicyId: CACHING_DISABLED,
    // API Gateway refuses requests with another host name than its own.
    originRequestPolicyId: ALL_VIEWER_EXCEPT_HOST_HEADER,
    responseHeadersPolicyId: headers,
  });
  // CloudFront replaces a header of that name that a viewer sends.
  const edgeSecret = args.edgeSecret && { customHeaders: [{ name: EDGE_HEADER, value: args.edgeSecret }] };
  const pages = [
    { eventType: "viewer-request", functionArn: pagesFunction(name, pageFallback(folders, args.pages), parent).arn },
  ];
  const statuses = args.pages && {
    eventType: "viewer-response",
    functionArn: statusFunction(name, unknownPageStatus(folders, args.pages), parent).arn,
  };
  const behaviors: Behavior[] = [
    ...apis.map(([pathPattern, api]) => ({
      ...toApi(pathPattern, pathPattern),
      ...(api.cache && { cachePolicyId: answersCached }),
      compress: true,
    })),
    // CloudFront's cache key has the rewritten path and no origin: a cached response of one Region would be that of all.
    ...regionPaths.map((api) => ({
      ...toApi(api.pathPattern, api.pathPattern),
      compress: true,
      functionAssociations: [{ eventType: "viewer-request", functionArn: api.function.arn }],
    })),
    ...signIns.map((signIn) => ({
      ...toApi(signIn.pathPattern, signIn.originId),
      functionAssociations: [{ eventType: "viewer-request", functionArn: signIn.function.arn }],
    })),
    // After the APIs: matches all remaining paths, with every method. The function answers, so the origin gets no request; it is
    // the bucket itself because an origin group accepts no method that writes.
    ...RESERVED_SEGMENTS.map((segment) => ({
      ...toApi(`/${segment}/*`, files.ownSite),
      originRequestPolicyId: undefined,
      functionAssociations: pages,
    })),
    ...(rendered?.behaviors ?? []),
    { ...files.read, pathPattern: "/media/*", targetOriginId: files.media, responseHeadersPolicyId: headers },
  ];

  return new aws.cloudfront.Distribution(
    `${name}-distribution`,
    applyTransform<aws.cloudfront.DistributionArgs>(
      {
        enabled: true,
        comment: name,
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        priceClass: args.priceClass ?? "PriceClass_All",
        webAclId,
        aliases: args.domain && [args.domain.name],
        viewerCertificate: args.domain
          ? {
              acmCertificateArn: args.domain.certificateArn,
              sslSupportMethod: "sni-only",
              minimumProtocolVersion: "TLSv1.2_2021",
            }
          : { cloudfrontDefaultCertificate: true },
        // The function of pages rewrites "/" itself; a root object could keep the path from the behavior of rendered pages.
        ...(!rendered && { defaultRootObject: "index.html" }),
        defaultCacheBehavior: {
          ...files.read,
          targetOriginId: files.site,
          responseHeadersPolicyId: headers,
          functionAssociations: statuses ? [...pages, statuses] : pages,
        },
        orderedCacheBehaviors: behaviors,
        origins: [
          ...files.origins,
          ...(args.rendered
            ? [
                {
                  ...webOrigin(RENDERER, hostOf(name, "rendered", args.rendered.url), RENDERER_READ_SECONDS),
                  ...RENDERER_LIMITS,
                  ...edgeSecret,
                },
              ]
            : []),
          ...[...apis, ...regionPaths.map(({ pathPattern, url }) => [pathPattern, { url }] as const)].map(
            ([pathPattern, { url }]) => ({
              ...webOrigin(pathPattern, hostOf(name, pathPattern, url)),
              ...edgeSecret,
            }),
          ),
          ...signIns.map(({ originId, host }) => webOrigin(originId, host)),
        ],
        originGroups: rendered ? [...(files.groups ?? []), rendered.group] : files.groups,
        customErrorResponses: UNCACHED_ERRORS,
        restrictions: { geoRestriction: { restrictionType: "none" } },
      },
      args.transform?.distribution,
    ),
    { parent },
  );
}

function pagesFunction(name: string, code: string, parent: pulumi.Resource): aws.cloudfront.Function {
  return new aws.cloudfront.Function(
    `${name}-pages`,
    {
      runtime: "cloudfront-js-2.0",
      code,
      publish: true,
      comment: "Rewrites page paths to the page; 404 for reserved paths",
    },
    { parent },
  );
}

function statusFunction(name: string, code: string, parent: pulumi.Resource): aws.cloudfront.Function {
  const comment = "Answers unknown pages with 404";
  const args = { runtime: "cloudfront-js-2.0", code, publish: true, comment };
  return new aws.cloudfront.Function(`${name}-unknown-pages`, args, { parent });
}

/** Creates a policy that caches by query string, only as responses request, and compressed. */
function apiCachePolicy(name: string, parent: pulumi.Resource): aws.cloudfront.CachePolicy {
  return new aws.cloudfront.CachePolicy(
    `${name}-api`,
    {
      comment: `Cache-Control of the APIs of ${name}`,
      minTtl: 0,
      defaultTtl: 0,
      maxTtl: LONGEST_API_CACHE_SECONDS,
      parametersInCacheKeyAndForwardedToOrigin: {
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
        cookiesConfig: { cookieBehavior: "none" },
        // Responses to other origins (`cors` of an API) name the origin; pages of the site send none with GET.
        headersConfig: { headerBehavior: "whitelist", headers: { items: ["Origin"] } },
        queryStringsConfig: { queryStringBehavior: "all" },
      },
    },
    { parent },
  );
}

function webOrigin(
  originId: pulumi.Input<string>,
  domainName: pulumi.Input<string>,
  originReadTimeout?: number,
): Origin {
  return {
    originId,
    domainName,
    customOriginConfig: {
      httpPort: 80,
      httpsPort: 443,
      originProtocolPolicy: "https-only",
      originSslProtocols: ["TLSv1.2"],
      originReadTimeout,
    },
  };
}

function hostOf(name: string, pathPattern: string, url: SiteApi["url"]): pulumi.Output<string> {
  return pulumi.output(url).apply((address) => {
    checkApiUrl(name, pathPattern, address);
    return new URL(address).host;
  });
}

/** Checks the address of an API, which may be known only during the deployment. */
export function checkApiUrl(name: string, pathPattern: string, url: SiteApi["url"]): void {
  const form = { pattern: /^https?:\/\/[^\s/]+/, description: "an address such as https://api.example.com" };
  new ArgumentChecks("StaticSite", name).text({ [`apis["${pathPattern}"].url`]: url }, form);
}

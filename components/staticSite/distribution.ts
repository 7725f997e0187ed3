import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SIGN_IN_PATH } from "../../domain/auth";
import { transformed } from "../inlineFunction/args";
import { pageFallback, SIGN_IN } from "./edgeFunctions";
import { type AllowedOrigins, securityHeaders } from "./securityHeaders";
import type { SiteApi, StaticSiteArgs } from "./staticSite";

type Behavior = aws.types.input.cloudfront.DistributionOrderedCacheBehavior;
type Origin = aws.types.input.cloudfront.DistributionOrigin;

/** Policies that AWS manages; their ids are the same in every account. */
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

const READ = ["GET", "HEAD"];
const EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/** Whatever an API answers may be kept as long as it says itself, up to this. */
const LONGEST_API_CACHE_SECONDS = 60;

export function siteDistribution(
  name: string,
  args: StaticSiteArgs,
  bucket: aws.s3.Bucket,
  folders: string[],
  allowed: AllowedOrigins,
  parent: pulumi.Resource,
): aws.cloudfront.Distribution {
  const apis = Object.entries(args.apis ?? {});
  const headers = securityHeaders(name, allowed, parent).id;
  const pages = originsInBucket(name, bucket, parent);
  const answersCached = apis.some(([, api]) => api.cache) ? apiCachePolicy(name, parent).id : undefined;

  const behaviors: Behavior[] = apis.map(([pathPattern, api]) => ({
    pathPattern,
    targetOriginId: pathPattern,
    viewerProtocolPolicy: "https-only",
    allowedMethods: EVERY_METHOD,
    cachedMethods: READ,
    cachePolicyId: api.cache ? answersCached : CACHING_DISABLED,
    // The API's own host name must arrive, or API Gateway refuses the request.
    originRequestPolicyId: ALL_VIEWER_EXCEPT_HOST_HEADER,
    responseHeadersPolicyId: headers,
    compress: true,
  }));
  if (args.signInOrigin) behaviors.push(signInBehavior(name, headers, parent));
  behaviors.push({ ...pages.read, pathPattern: "/media/*", targetOriginId: "media", responseHeadersPolicyId: headers });

  return new aws.cloudfront.Distribution(
    `${name}-distribution`,
    transformed<aws.cloudfront.DistributionArgs>(
      {
        enabled: true,
        comment: name,
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        priceClass: args.priceClass ?? "PriceClass_All",
        webAclId: args.webAclArn,
        aliases: args.domain && [args.domain.name],
        viewerCertificate: args.domain
          ? {
              acmCertificateArn: args.domain.certificateArn,
              sslSupportMethod: "sni-only",
              minimumProtocolVersion: "TLSv1.2_2021",
            }
          : { cloudfrontDefaultCertificate: true },
        defaultRootObject: "index.html",
        defaultCacheBehavior: {
          ...pages.read,
          targetOriginId: "site",
          responseHeadersPolicyId: headers,
          functionAssociations: [
            { eventType: "viewer-request", functionArn: pagesFunction(name, folders, parent).arn },
          ],
        },
        orderedCacheBehaviors: behaviors,
        origins: [
          ...pages.origins,
          ...apis.map(([pathPattern, api]) => webOrigin(pathPattern, hostOf(name, pathPattern, api.url))),
          ...(args.signInOrigin ? [webOrigin("sign-in", args.signInOrigin)] : []),
        ],
        restrictions: { geoRestriction: { restrictionType: "none" } },
        loggingConfig: args.accessLogs && { bucket: args.accessLogs.bucketDomainName, prefix: args.accessLogs.prefix },
      },
      args.transform?.distribution,
    ),
    { parent },
  );
}

function originsInBucket(name: string, bucket: aws.s3.Bucket, parent: pulumi.Resource) {
  const access = new aws.cloudfront.OriginAccessControl(
    `${name}-assets`,
    {
      description: `The distribution of ${name} reads its bucket`,
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    },
    { parent },
  );
  const origin = { domainName: bucket.bucketRegionalDomainName, originAccessControlId: access.id };
  const origins: Origin[] = [
    { ...origin, originId: "site", originPath: "/site" },
    { ...origin, originId: "media" },
  ];
  const read = {
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: READ,
    cachedMethods: READ,
    cachePolicyId: CACHING_OPTIMIZED,
    compress: true,
  };
  return { origins, read };
}

function signInBehavior(name: string, headers: pulumi.Input<string>, parent: pulumi.Resource): Behavior {
  const toCognito = new aws.cloudfront.Function(
    `${name}-sign-in`,
    { runtime: "cloudfront-js-2.0", code: SIGN_IN, publish: true, comment: "Leads /auth/ to Cognito's endpoint" },
    { parent },
  );
  return {
    pathPattern: `${SIGN_IN_PATH}*`,
    targetOriginId: "sign-in",
    viewerProtocolPolicy: "https-only",
    allowedMethods: EVERY_METHOD,
    cachedMethods: READ,
    cachePolicyId: CACHING_DISABLED,
    originRequestPolicyId: ALL_VIEWER_EXCEPT_HOST_HEADER,
    responseHeadersPolicyId: headers,
    functionAssociations: [{ eventType: "viewer-request", functionArn: toCognito.arn }],
  };
}

function pagesFunction(name: string, folders: string[], parent: pulumi.Resource): aws.cloudfront.Function {
  return new aws.cloudfront.Function(
    `${name}-pages`,
    {
      runtime: "cloudfront-js-2.0",
      code: pageFallback(folders),
      publish: true,
      comment: "One page answers every page's path",
    },
    { parent },
  );
}

/** Keeps nothing that the API doesn't ask to keep, tells query strings apart, and lets CloudFront compress. */
function apiCachePolicy(name: string, parent: pulumi.Resource): aws.cloudfront.CachePolicy {
  return new aws.cloudfront.CachePolicy(
    `${name}-api`,
    {
      comment: `As long as an API of ${name} says itself`,
      minTtl: 0,
      defaultTtl: 0,
      maxTtl: LONGEST_API_CACHE_SECONDS,
      parametersInCacheKeyAndForwardedToOrigin: {
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "all" },
      },
    },
    { parent },
  );
}

function webOrigin(originId: string, domainName: pulumi.Input<string>): Origin {
  return {
    originId,
    domainName,
    customOriginConfig: {
      httpPort: 80,
      httpsPort: 443,
      originProtocolPolicy: "https-only",
      originSslProtocols: ["TLSv1.2"],
    },
  };
}

function hostOf(name: string, pathPattern: string, url: SiteApi["url"]): pulumi.Output<string> {
  return pulumi.output(url).apply((address) => {
    if (URL.canParse(address)) return new URL(address).host;
    throw new pulumi.RunError(
      `StaticSite "${name}": apis["${pathPattern}"].url is "${address}". Give an address such as https://api.example.com.`,
    );
  });
}

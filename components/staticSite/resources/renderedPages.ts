import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PAGE_HEADER } from "../../runtime/pageHeader";
import type { RenderedPages } from "../args";
import { nameOfPage } from "../functions/edgeFunctions";
import { type BucketOrigins, FAILURES } from "./bucketOrigins";

/** Id of the origin with the function that renders pages. */
export const RENDERER = "pages";

const RENDERED_OR_FILE = "pages-or-file";

/** A page waits for its function for that long before it comes from the bucket. */
export const RENDERER_LIMITS = { connectionAttempts: 1, connectionTimeout: 3 };
export const RENDERER_READ_SECONDS = 6;

/** Longest time for which CloudFront answers from its copy while the origins fail. */
const LONGEST_COPY_SECONDS = 86_400;

/** 429 too: API Gateway answers it above the throttle. */
const RENDERER_FAILURES = [429, ...FAILURES];

/** Creates function and cache policy of rendered pages, and returns their behaviors and their origin group. */
export function createRenderedPages(
  name: string,
  { paths, parameters }: RenderedPages,
  files: BucketOrigins,
  responseHeadersPolicyId: pulumi.Input<string>,
  parent: pulumi.Resource,
) {
  const nameFunction = new aws.cloudfront.Function(
    `${name}-rendered-pages`,
    {
      runtime: "cloudfront-js-2.0",
      code: nameOfPage(parameters),
      publish: true,
      comment: "Names the page that a function renders",
    },
    { parent },
  );
  const cachePolicy = new aws.cloudfront.CachePolicy(
    `${name}-rendered-pages`,
    {
      comment: `Rendered pages of ${name}`,
      minTtl: 0,
      defaultTtl: 0,
      maxTtl: LONGEST_COPY_SECONDS,
      parametersInCacheKeyAndForwardedToOrigin: {
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "whitelist", headers: { items: [PAGE_HEADER] } },
        queryStringsConfig: { queryStringBehavior: "none" },
      },
    },
    { parent },
  );
  const behavior = (pathPattern: string, targetOriginId: string) => ({
    ...files.read,
    pathPattern,
    targetOriginId,
    cachePolicyId: cachePolicy.id,
    responseHeadersPolicyId,
    functionAssociations: [{ eventType: "viewer-request", functionArn: nameFunction.arn }],
  });
  return {
    behaviors: [
      ...paths.map((path) => behavior(path, RENDERED_OR_FILE)),
      // Without a substitute: a page in place of a sitemap would be one without products.
      behavior("/sitemap.xml", RENDERER),
    ],
    group: {
      originId: RENDERED_OR_FILE,
      failoverCriteria: { statusCodes: RENDERER_FAILURES },
      members: [{ originId: RENDERER }, { originId: files.fallbackSite }],
    },
  };
}

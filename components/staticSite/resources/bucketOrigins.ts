import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PeerBucket } from "../args";

/** Methods that read. */
export const READ = ["GET", "HEAD"];

type Origin = aws.types.input.cloudfront.DistributionOrigin;
type OriginGroup = aws.types.input.cloudfront.DistributionOriginGroup;

const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/**
 * Statuses on which CloudFront fails over to the peer Region's bucket. Not 404 or 403: missing files need no second request, and
 * pages of one release must not load another release's files.
 */
export const FAILURES = [500, 502, 503, 504];

/** A lost Region does not respond. With CloudFront's defaults a page would wait half a minute for the peer's bucket. */
const SHORT_ATTEMPTS = { connectionAttempts: 2, connectionTimeout: 3 };

/** Origins of the behaviors that deliver files. */
export interface BucketOrigins {
  origins: Origin[];
  /** Absent with one bucket. */
  groups?: OriginGroup[];
  /** Id of the origin, or origin group, of the build. */
  site: string;
  /** Id of this Region's origin of the build. */
  ownSite: string;
  /** Id of the origin that has the page if the function that renders it fails: the peer's, because its own Region may be lost. */
  fallbackSite: string;
  /** Id of the origin, or origin group, of `media/`. */
  media: string;
  /** Behavior settings for files. Origin groups accept only methods that read. */
  read: Pick<
    aws.types.input.cloudfront.DistributionOrderedCacheBehavior,
    "viewerProtocolPolicy" | "allowedMethods" | "cachedMethods" | "cachePolicyId" | "compress"
  >;
}

/** Creates the origins for pages and media, each with failover to the peer Region's bucket if there is one. */
export function createBucketOrigins(
  name: string,
  bucket: aws.s3.Bucket,
  peer: PeerBucket | undefined,
  parent: pulumi.Resource,
): BucketOrigins {
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
  const inBucket = (domainName: pulumi.Input<string>, suffix: string): Origin[] => {
    const origin = { domainName, originAccessControlId: access.id, ...(peer && SHORT_ATTEMPTS) };
    return [
      { ...origin, originId: `site${suffix}`, originPath: "/site" },
      { ...origin, originId: `media${suffix}` },
    ];
  };
  const own = inBucket(bucket.bucketRegionalDomainName, "");
  const read = {
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: READ,
    cachedMethods: READ,
    cachePolicyId: CACHING_OPTIMIZED,
    compress: true,
  };
  if (!peer) return { origins: own, site: "site", ownSite: "site", fallbackSite: "site", media: "media", read };
  // The address is known before the bucket exists; until then S3 answers 404.
  const other = inBucket(pulumi.interpolate`${peer.bucketName}.s3.${peer.region}.amazonaws.com`, "-peer");
  const group = (originId: string): OriginGroup => ({
    originId: `${originId}-either`,
    failoverCriteria: { statusCodes: FAILURES },
    members: [{ originId }, { originId: `${originId}-peer` }],
  });
  return {
    origins: [...own, ...other],
    groups: [group("site"), group("media")],
    site: "site-either",
    ownSite: "site",
    fallbackSite: "site-peer",
    media: "media-either",
    read,
  };
}

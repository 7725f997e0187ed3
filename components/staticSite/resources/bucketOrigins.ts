import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PeerBucket } from "../args";

/** Methods that read. */
export const READ = ["GET", "HEAD"];

type Origin = aws.types.input.cloudfront.DistributionOrigin;
type OriginGroup = aws.types.input.cloudfront.DistributionOriginGroup;

const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/**
 * The answers for which CloudFront asks the other Region's bucket: this one's Region has failed. Not 404 or 403: what is
 * missing must stay missing without asking twice, and pages of one release must not load another release's files.
 */
const FAILURES = [500, 502, 503, 504];

/** A Region that has vanished answers nothing: two short attempts, or a page would wait half a minute for the other bucket. */
const IMPATIENT = { connectionAttempts: 2, connectionTimeout: 3 };

/** What the behaviours that deliver files are made of. */
export interface BucketOrigins {
  origins: Origin[];
  /** Absent with one bucket. */
  groups?: OriginGroup[];
  /** Id of the origin, or group of origins, that has the build. */
  site: string;
  /** Id of this Region's origin alone that has the build. */
  ownSite: string;
  /** Likewise, of what others put there. */
  media: string;
  /** How files are delivered. Origin groups fail over for methods that read, and accept no others. */
  read: Pick<
    aws.types.input.cloudfront.DistributionOrderedCacheBehavior,
    "viewerProtocolPolicy" | "allowedMethods" | "cachedMethods" | "cachePolicyId" | "compress"
  >;
}

/** The bucket's pages and media as origins, with the other Region's bucket behind each where there is one. */
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
    const origin = { domainName, originAccessControlId: access.id, ...(peer && IMPATIENT) };
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
  if (!peer) return { origins: own, site: "site", ownSite: "site", media: "media", read };
  // Its address is known before it exists; until then S3 answers 404 for it.
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
    media: "media-either",
    read,
  };
}

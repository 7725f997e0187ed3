import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../arguments/overrides";

/** An API that the site's own address leads to, path unchanged. */
export interface SiteApi {
  /** Base address, without a path: `https://ID.execute-api.REGION.amazonaws.com`. */
  url: pulumi.Input<string>;
  /**
   * Keeps answers to GET for as long as their own `Cache-Control` says, up to 60 s, the same for everybody. Only for an
   * API whose answers to GET don't depend on who asks. Default: false, nothing is kept.
   */
  cache?: boolean;
}

/** The bucket of the site in another Region. */
export interface PeerBucket {
  /** Its name, which must be known before it exists: see `reservedBucketName`. */
  bucketName: pulumi.Input<string>;
  /** `us-west-2`. */
  region: string;
}

/** Where `media/` is replicated to and from. */
export interface MediaReplicationArgs extends PeerBucket {
  /** S3 Replication Time Control: within 15 minutes, metrics and events of what is late, at a price for each GB. Default: false. */
  timeControl?: boolean;
}

/** The distribution of another Region's site, which delivers this one's bucket too. */
export interface ExistingDistribution {
  distributionArn: pulumi.Input<string>;
  /** Where customers go: that site's `url`. */
  siteUrl: pulumi.Input<string>;
}

/** Requests of one client address within five minutes; further ones get 429 until the rate falls. */
export interface WafRateLimits {
  /** Requests for sign-in codes by mail. Default: 30. */
  codes?: number;
  /** Calls below `/auth/`, which try passwords and codes. Default: 300. */
  signIn?: number;
  /** Submitted orders. Default: 60. */
  orders?: number;
  /** Searches and suggestions. Default: 1,500. */
  search?: number;
}

/** Rules of the web ACL. */
export interface WafArgs {
  /** An existing web ACL of scope CLOUDFRONT, in us-east-1. Default: one is created. */
  existingWebAclArn?: pulumi.Input<string>;
  /** Overrides for the rate limits. Customers behind one address, such as an office's, share them. */
  rateLimits?: WafRateLimits;
  /** Rules of AWS's managed groups that only count, because they block customers, such as `CrossSiteScripting_BODY`. Default: none. */
  countedRules?: string[];
}

export interface StaticSiteArgs {
  /** Folder with the built storefront: `index.html`, and below `assets/` files named by their content. */
  build: string;
  /** APIs by path pattern: `{ "/api/orders*": { url: orders.url } }`. Default: none. */
  apis?: Record<string, SiteApi>;
  /** Regions whose Cognito the page reaches under `/auth/REGION/`. Default: none, as with an issuer of your own. */
  signInRegions?: pulumi.Input<string>[];
  /** What the page reads at `/config.json`. Everybody can read it. Default: `{}`. */
  settings?: pulumi.Input<Record<string, unknown>>;
  /** Origins besides its own that the page may call (`AuthLayer.connectOrigins`). Default: none. */
  connectOrigins?: pulumi.Input<pulumi.Input<string>[]>;
  /** Origins besides its own that pictures may come from. Default: none. */
  imageOrigins?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The site's own name, and a certificate for it in us-east-1, where CloudFront looks for it.
   * Default: CloudFront's name, whose certificate also lets in older versions of TLS.
   */
  domain?: {
    name: pulumi.Input<string>;
    certificateArn: pulumi.Input<string>;
    /** Hosted zone in which the name is made to lead to the distribution. Default: none, whoever owns the name does it. */
    zoneId?: pulumi.Input<string>;
  };
  /**
   * The other Region's bucket, asked when this one fails (500, 502, 503, 504, or no answer). It need not exist yet, and
   * its policy must let this distribution in. Default: none.
   */
  peerBucket?: PeerBucket;
  /**
   * The site of another Region whose distribution delivers this one's bucket: then none is made here, and what only a
   * distribution needs (`apis`, `domain`, `peerBucket` …) can't be given. Default: a distribution is made.
   */
  existingDistribution?: ExistingDistribution;
  /**
   * Replicates `media/` with that bucket, both ways. Its stack must be there first, and must not do the same. Default: no
   * replication.
   */
  mediaReplication?: MediaReplicationArgs;
  /** Where CloudFront has edges for this site; fewer is cheaper. Default: `PriceClass_All`. */
  priceClass?: "PriceClass_All" | "PriceClass_200" | "PriceClass_100";
  /**
   * AWS WAF before the distribution: `{}` for the defaults of {@link WafArgs}. It costs 13 USD a month, and 0.60 USD for a million
   * requests. Default: none.
   */
  waf?: WafArgs;
  /** Writes a log of each request to a bucket (which must allow ACLs, as CloudFront's standard logs need). Default: none. */
  accessLogs?: { bucketDomainName: pulumi.Input<string>; prefix?: pulumi.Input<string> };
  /**
   * The bucket's name, where something else must know it beforehand: best one made by `reservedBucketName`, which nobody
   * else can take. Default: made up by Pulumi.
   */
  bucketName?: pulumi.Input<string>;
  /** Deletes the bucket with all that is in it when the stack is destroyed. Default: false. */
  forceDestroy?: boolean;
  /** Last changes to the arguments of the resources inside: an object that is laid over them, or a function of them. */
  transform?: {
    bucket?: Transform<aws.s3.BucketArgs>;
    distribution?: Transform<aws.cloudfront.DistributionArgs>;
    webAcl?: Transform<aws.wafv2.WebAclArgs>;
  };
}

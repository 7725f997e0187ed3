import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { PaymentOrigins } from "../../domain/order";
import type { Transform } from "../arguments/overrides";

/** API that is reachable under the site's own address, path unchanged. */
export interface SiteApi {
  /** Base address, without a path: `https://ID.execute-api.REGION.amazonaws.com`. */
  url: pulumi.Input<string>;
  /**
   * Caches responses to GET as long as their `Cache-Control` allows, up to 60 s, shared by all callers. Only for an API
   * whose responses to GET do not depend on the caller. Default: false.
   */
  cache?: boolean;
}

/** Bucket of the site in another Region. */
export interface PeerBucket {
  /** Name, known before the bucket exists: see `reservedBucketName`. */
  bucketName: pulumi.Input<string>;
  /** `us-west-2`. */
  region: string;
}

/** Bucket with which `media/` is replicated. */
export interface MediaReplicationArgs extends PeerBucket {
  /** S3 Replication Time Control: within 15 minutes, with metrics and events for late objects, at a price per GB. Default: false. */
  timeControl?: boolean;
}

/** Distribution of another Region's site, which also delivers this site's bucket. */
export interface ExistingDistribution {
  distributionArn: pulumi.Input<string>;
  /** `url` of that site, which customers open. */
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

/** Access log of the distribution. */
export interface SiteAccessLogArgs {
  /** Days that entries are kept. Viewers' addresses are personal data. Default: 30. */
  logRetentionDays?: number;
}

/** Pages that a function renders with their content, so that crawlers see it without running scripts. */
export interface RenderedPages {
  /** Base address of the API, whose routes are those of `SearchService`'s `pages`: `https://ID.execute-api.REGION.amazonaws.com`. */
  url: pulumi.Input<string>;
  /** Path patterns of CloudFront: `["/", "/products/*"]`. */
  paths: string[];
  /** Parameters of query strings on which the pages depend. Others are left out. */
  parameters: readonly string[];
}

export interface StaticSiteArgs {
  /** Folder with the built storefront: `index.html`, and files with hashed names below `assets/`. */
  build: string;
  /**
   * Addresses of the storefront's pages, `*` for one segment: `["/", "/products/*"]`. Any other path that is no file answers 404 with
   * the build's `404.html`. Default: every such path answers 200 with `index.html`.
   */
  pages?: string[];
  /**
   * Pages that a function renders, and the sitemap, `/sitemap.xml`. If the function fails, the page comes from the bucket without content.
   * Default: none.
   */
  rendered?: RenderedPages;
  /** Path of the sitemap, which `robots.txt` then names with the site's address: `/sitemap.xml`. Default: none. */
  sitemap?: string;
  /** APIs by path pattern: `{ "/api/orders*": { url: orders.url } }`. Default: none. */
  apis?: Record<string, SiteApi>;
  /**
   * APIs of each Region, by Region and path pattern: `{ "us-west-2": { "/api/orders*": { url } } }`. The page calls them below
   * `/regions/us-west-2/` when a Region fails. They need not be deployed yet, and are never cached. Default: none.
   */
  regionApis?: Record<string, Record<string, Pick<SiteApi, "url">>>;
  /** Secret that CloudFront sends to `apis` and `regionApis` as `EDGE_HEADER` (the first of `AuthLayer`'s `edgeSecrets`). Default: none. */
  edgeSecret?: pulumi.Input<string>;
  /** Regions whose Cognito the page reaches under `/auth/REGION/`. Default: none, as with an external issuer. */
  signInRegions?: pulumi.Input<string>[];
  /** Public content of `/config.json`, which the page reads. Default: `{}`. */
  settings?: pulumi.Input<Record<string, unknown>>;
  /** Additional origins that the page may call (`AuthLayer.connectOrigins`). Default: none. */
  connectOrigins?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Origins of the payment provider's own card fields, which the page may then load, frame and call (`OrderService.paymentElement.origins`).
   * Default: none.
   */
  paymentOrigins?: PaymentOrigins;
  /** Additional origins of images. Default: none. */
  imageOrigins?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Domain name of the site, and its certificate, which CloudFront requires in us-east-1.
   * Default: CloudFront's name, whose certificate also admits older versions of TLS.
   */
  domain?: {
    name: pulumi.Input<string>;
    certificateArn: pulumi.Input<string>;
    /** Hosted zone in which the records of the name are created. Default: none; create them yourself. */
    zoneId?: pulumi.Input<string>;
  };
  /**
   * Peer Region's bucket, used when this one fails (500, 502, 503, 504, or no response). It need not exist yet; its policy
   * must admit this distribution. Default: none.
   */
  peerBucket?: PeerBucket;
  /**
   * Distribution of another Region's site that delivers this site's bucket. Arguments of a distribution (`apis`, `domain`,
   * `peerBucket` …) are then refused. Default: a distribution is created.
   */
  existingDistribution?: ExistingDistribution;
  /**
   * Replicates `media/` with that bucket, both ways. That bucket must exist, and its stack must not set this argument.
   * Default: no replication.
   */
  mediaReplication?: MediaReplicationArgs;
  /** Price class of CloudFront's edge locations. Default: `PriceClass_All`. */
  priceClass?: "PriceClass_All" | "PriceClass_200" | "PriceClass_100";
  /**
   * AWS WAF before the distribution: `{}` for the defaults of {@link WafArgs}. It costs 13 USD a month, and 0.60 USD for a million
   * requests. Default: none.
   */
  waf?: WafArgs;
  /**
   * Access log of the distribution in us-east-1, one JSON line per request with the viewer's address and without query string: `{}` for its
   * defaults. It costs 0.50 USD a GB, about 2 million requests. Default: none.
   */
  accessLog?: SiteAccessLogArgs;
  /**
   * Name of the bucket, for resources that must know it beforehand. Use `reservedBucketName`, whose names no other account
   * can take. Default: generated by Pulumi.
   */
  bucketName?: pulumi.Input<string>;
  /** Protects the bucket and its content, such as product pictures, from deletion. Default: true. */
  protectData?: boolean;
  /** Overrides for the underlying resources. */
  transform?: {
    bucket?: Transform<aws.s3.BucketArgs>;
    distribution?: Transform<aws.cloudfront.DistributionArgs>;
    webAcl?: Transform<aws.wafv2.WebAclArgs>;
  };
}

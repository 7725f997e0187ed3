import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Transform, transformed } from "../inlineFunction/args";
import { type BuiltFile, filesOf, foldersOf, REVALIDATE, SETTINGS_PATH } from "./build";
import { siteDistribution } from "./distribution";
import { readableBy, siteBucket } from "./siteBucket";

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

export interface StaticSiteArgs {
  /** Folder with the built storefront: `index.html`, and below `assets/` files named by their content. */
  build: string;
  /** APIs by path pattern: `{ "/api/orders*": { url: orders.url } }`. Default: none. */
  apis?: Record<string, SiteApi>;
  /** Host name of the sign-in service (`AuthLayer.signInOrigin`) that `/auth/*` leads to. Default: no such path. */
  signInOrigin?: pulumi.Input<string>;
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
  domain?: { name: pulumi.Input<string>; certificateArn: pulumi.Input<string> };
  /** Where CloudFront has edges for this site; fewer is cheaper. Default: `PriceClass_All`. */
  priceClass?: "PriceClass_All" | "PriceClass_200" | "PriceClass_100";
  /** A web ACL of scope CLOUDFRONT, in us-east-1. Default: none. */
  webAclArn?: pulumi.Input<string>;
  /** Writes a log of each request to a bucket (which must allow ACLs, as CloudFront's standard logs need). Default: none. */
  accessLogs?: { bucketDomainName: pulumi.Input<string>; prefix?: pulumi.Input<string> };
  /** The bucket's name, where something else must know it beforehand. Default: made up by Pulumi. */
  bucketName?: string;
  /** Deletes the bucket with all that is in it when the stack is destroyed. Default: false. */
  forceDestroy?: boolean;
  /** Last changes to the arguments of the resources inside: an object that is laid over them, or a function of them. */
  transform?: {
    bucket?: Transform<aws.s3.BucketArgs>;
    distribution?: Transform<aws.cloudfront.DistributionArgs>;
  };
}

/**
 * A single-page storefront, delivered worldwide: a private bucket behind CloudFront, with its APIs and its sign-in under
 * the same address, so that the page calls nothing but its own origin.
 *
 * - Files below `assets/` are kept by browsers for a year, everything else is asked for again each time.
 * - Any path that is no file answers with the page; an API's errors stay what they are.
 * - A file of an earlier build below `assets/` is never deleted: a page opened yesterday may load a part of it tomorrow.
 *   They cost a few cents a year. New assets are there before the page that names them.
 *
 * Cost: S3 and CloudFront, by use.
 *
 * @example
 * const site = new StaticSite("site", {
 *   build: "web/dist",
 *   apis: { "/api/orders*": { url: orders.url }, "/api/catalogue*": { url: search.url, cache: true } },
 *   signInOrigin: auth.signInOrigin,
 *   settings: { auth: auth.settings },
 * });
 * export const url = site.url;
 */
export class StaticSite extends pulumi.ComponentResource {
  /** `https://…`, without a trailing slash: the domain, or CloudFront's own name. */
  public readonly url: pulumi.Output<string>;
  /** Holds the build below `site/`, and what others put below `media/` is delivered at `/media/`. */
  public readonly bucket: aws.s3.Bucket;
  public readonly distribution: aws.cloudfront.Distribution;

  constructor(name: string, args: StaticSiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("stayopen:index:StaticSite", name, {}, opts);
    const files = builtFiles(name, args.build);
    checkPaths(name, args);

    const storage = siteBucket(
      name,
      transformed<aws.s3.BucketArgs>(
        { bucket: args.bucketName, forceDestroy: args.forceDestroy ?? false },
        args.transform?.bucket,
      ),
      this,
    );
    this.bucket = storage.bucket;
    const allowed = { connect: args.connectOrigins ?? [], images: args.imageOrigins ?? [] };
    this.distribution = siteDistribution(name, args, storage.bucket, foldersOf(files), allowed, this);
    readableBy(name, this.distribution, storage, this);
    this.upload(name, files, args.settings ?? {}, storage.ready);

    this.url = pulumi.interpolate`https://${args.domain?.name ?? this.distribution.domainName}`;
    this.registerOutputs({ url: this.url, bucket: this.bucket.bucket });
  }

  private upload(
    name: string,
    files: BuiltFile[],
    settings: pulumi.Input<Record<string, unknown>>,
    ready: pulumi.Resource[],
  ): void {
    const put = (file: BuiltFile, dependsOn: pulumi.Resource[]) =>
      new aws.s3.BucketObjectv2(
        `${name}/${file.path}`,
        {
          bucket: this.bucket.bucket,
          key: `site/${file.path}`,
          source: new pulumi.asset.FileAsset(file.file),
          contentType: file.contentType,
          cacheControl: file.cacheControl,
        },
        // An open page may still ask for a file of the build that it came from.
        { parent: this, dependsOn, retainOnDelete: file.hashed },
      );

    const assets = files.filter(({ hashed }) => hashed).map((file) => put(file, ready));
    const configuration = new aws.s3.BucketObjectv2(
      `${name}/${SETTINGS_PATH}`,
      {
        bucket: this.bucket.bucket,
        key: `site/${SETTINGS_PATH}`,
        content: pulumi.jsonStringify(settings),
        contentType: "application/json",
        cacheControl: REVALIDATE,
      },
      { parent: this, dependsOn: ready },
    );
    // The page last, so that no page names what isn't there yet.
    for (const file of files.filter(({ hashed }) => !hashed)) put(file, [...assets, configuration]);
  }
}

function builtFiles(name: string, directory: string): BuiltFile[] {
  try {
    return filesOf(directory);
  } catch (error) {
    throw new pulumi.RunError(`StaticSite "${name}": ${error instanceof Error ? error.message : error}`);
  }
}

function checkPaths(name: string, args: StaticSiteArgs): void {
  for (const path of Object.keys(args.apis ?? {})) {
    if (/^\/[\w$.'@:+&?*/~-]+$/.test(path) && path.length <= 255) continue;
    throw new pulumi.RunError(
      `StaticSite "${name}": "${path}" in "apis" is not a path pattern of CloudFront. Write it like "/api/orders*".`,
    );
  }
}

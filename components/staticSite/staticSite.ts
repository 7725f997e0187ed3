import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { applyTransform } from "../arguments/overrides";
import type { StaticSiteArgs } from "./args";
import { SITE } from "./bucketFolders";
import { type BuiltFile, listFiles, listFolders, REVALIDATE, SETTINGS_PATH } from "./build";
import { createDistribution } from "./resources/distribution";
import { createMediaReplication } from "./resources/mediaReplication";
import { createSiteBucket, readableBy } from "./resources/siteBucket";
import { createSiteRecords } from "./resources/siteRecords";

/**
 * A single-page storefront, delivered worldwide: a private bucket behind CloudFront, with its APIs and its sign-in under
 * the same address, so that the page calls nothing but its own origin.
 *
 * - Files below `assets/` are kept by browsers for a year, everything else is asked for again each time.
 * - Any path that is no file answers with the page; an API's errors stay what they are.
 * - A file of an earlier build below `assets/` is never deleted: a page opened yesterday may load a part of it tomorrow.
 *   They cost a few cents a year. New assets are there before the page that names them.
 *
 * With two Regions the first one's distribution delivers both: it reads its own bucket, and the other's (`peer`) when
 * its own fails. The second one's site is a bucket with a build of its own (`deliveredBy`), and keeps `media/` the same
 * in both (`mediaReplication`).
 *
 * Cost: S3 and CloudFront, by use.
 *
 * @example
 * const site = new StaticSite("site", {
 *   build: "web/dist",
 *   apis: { "/api/orders*": { url: orders.url }, "/api/catalogue*": { url: search.url, cache: true } },
 *   signInRegions: ["us-east-1"],
 *   settings: { auth: auth.settings },
 * });
 * export const url = site.url;
 */
export class StaticSite extends pulumi.ComponentResource {
  /** `https://…`, without a trailing slash: the domain, CloudFront's own name, or `deliveredBy.siteUrl`. */
  public readonly url: pulumi.Output<string>;
  /** Holds the build below `site/`, and what others put below `media/` is delivered at `/media/`. */
  public readonly bucket: aws.s3.Bucket;
  /** Absent where another Region's distribution delivers. */
  public readonly distribution?: aws.cloudfront.Distribution;

  constructor(name: string, args: StaticSiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("stayopen:index:StaticSite", name, {}, opts);
    const files = builtFiles(name, args.build);
    check(name, args);

    const storage = createSiteBucket(
      name,
      applyTransform<aws.s3.BucketArgs>(
        { bucket: args.bucketName, forceDestroy: args.forceDestroy ?? false },
        args.transform?.bucket,
      ),
      this,
    );
    this.bucket = storage.bucket;
    let deliverer: pulumi.Input<string>;
    if (args.deliveredBy) {
      deliverer = args.deliveredBy.distributionArn;
      this.url = pulumi.output(args.deliveredBy.siteUrl);
    } else {
      const allowed = { connect: args.connectOrigins ?? [], images: args.imageOrigins ?? [] };
      this.distribution = createDistribution(name, args, storage.bucket, listFolders(files), allowed, this);
      deliverer = this.distribution.arn;
      if (args.domain) createSiteRecords(name, args.domain, this.distribution, this);
      this.url = pulumi.interpolate`https://${args.domain?.name ?? this.distribution.domainName}`;
    }
    readableBy(name, deliverer, storage, this);
    if (args.mediaReplication) createMediaReplication(name, args.mediaReplication, storage, this);
    this.upload(name, files, args.settings ?? {}, storage.ready);

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
          key: `${SITE}${file.path}`,
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
        key: `${SITE}${SETTINGS_PATH}`,
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

/**
 * Checks that there is a build to publish, so that a program can stop before it makes anything.
 *
 * @throws {pulumi.RunError} with what to run.
 */
export function checkSiteBuild(name: string, directory: string): void {
  builtFiles(name, directory);
}

function builtFiles(name: string, directory: string): BuiltFile[] {
  try {
    return listFiles(directory);
  } catch (error) {
    throw new pulumi.RunError(`StaticSite "${name}": ${error instanceof Error ? error.message : error}`);
  }
}

/** What only a distribution needs. */
const OF_DISTRIBUTION = [
  "apis",
  "signInRegions",
  "connectOrigins",
  "imageOrigins",
  "domain",
  "peer",
  "priceClass",
  "webAclArn",
  "accessLogs",
] as const satisfies (keyof StaticSiteArgs)[];

function check(name: string, args: StaticSiteArgs): void {
  const meaningless = args.deliveredBy && OF_DISTRIBUTION.find((argument) => args[argument] !== undefined);
  if (meaningless) {
    throw new pulumi.RunError(
      `StaticSite "${name}": \`${meaningless}\` can't be given together with \`deliveredBy\`. Give it to the site that makes the distribution.`,
    );
  }
  for (const path of Object.keys(args.apis ?? {})) {
    if (/^\/[\w$.'@:+&?*/~-]+$/.test(path) && path.length <= 255) continue;
    throw new pulumi.RunError(
      `StaticSite "${name}": "${path}" in "apis" is not a path pattern of CloudFront. Write it like "/api/orders*".`,
    );
  }
}

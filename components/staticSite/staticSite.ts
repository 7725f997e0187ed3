import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks } from "../arguments/checks";
import { applyTransform } from "../arguments/overrides";
import type { SiteApi, StaticSiteArgs } from "./args";
import { type BuiltFile, listFiles, listFolders, REVALIDATE, SETTINGS_PATH, UnusableBuildError } from "./build";
import { UNKNOWN_PAGE } from "./functions/edgeFunctions";
import { createAccessLog } from "./resources/accessLog";
import { checkApiUrl, createDistribution } from "./resources/distribution";
import { createMediaReplication } from "./resources/mediaReplication";
import { createSiteBucket, readableBy, SITE } from "./resources/siteBucket";
import { createSiteRecords } from "./resources/siteRecords";
import { checkWaf, createWebAcl, type SiteWebAcl } from "./resources/webAcl";

/** File that names the sitemap. */
const ROBOTS = "robots.txt";

/**
 * Single-page storefront: a private bucket behind CloudFront, with APIs and sign-in under the same address, so that the page
 * calls only its own origin.
 *
 * - Browsers cache files below `assets/` for a year, images for an hour, and revalidate all other files on each use.
 * - Every path that is not a file answers with the page, and with status 404 if `pages` does not name it; errors of APIs pass
 *   unchanged. A function may fill the page with its content (`rendered`).
 * - Files of earlier builds below `assets/` are never deleted, because open pages may still load them. They cost a few cents
 *   a year. New assets are uploaded before the page that names them.
 *
 * With two Regions the primary's distribution delivers both: it reads its own bucket, and the peer's (`peerBucket`) when its own
 * fails. The secondary's site is a bucket with its own build (`existingDistribution`); it replicates `media/` between both
 * (`mediaReplication`).
 *
 * Cost: S3 and CloudFront, by use; with `waf` 13 USD a month and 0.60 USD for a million requests; with `accessLog` 0.25 USD for a million.
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
  /** `https://…`, without a trailing slash: the domain, CloudFront's own name, or `existingDistribution.siteUrl`. */
  public readonly url: pulumi.Output<string>;
  /** Bucket with the build below `site/`, and files from other sources below `media/`, delivered at `/media/`. */
  public readonly bucket: aws.s3.Bucket;
  /** Id of the uploaded build, known once its files are in the bucket. */
  public readonly buildId: pulumi.Output<string>;
  /** Absent with `existingDistribution`. */
  public readonly distribution?: aws.cloudfront.Distribution;
  /** One JSON line per request, in us-east-1. Present with `accessLog`. */
  public readonly accessLog?: aws.cloudwatch.LogGroup;
  /** The web ACL that `waf` creates, with the dimensions of its metrics. */
  public readonly webAcl?: SiteWebAcl;

  constructor(name: string, args: StaticSiteArgs, opts?: pulumi.ComponentResourceOptions) {
    const files = builtFiles(name, args.build);
    checkArgs(name, args);
    checkUnknownPage(name, args, files);
    checkSitemap(name, args, files);
    super("stayopen:index:StaticSite", name, {}, opts);

    const storage = createSiteBucket(
      name,
      applyTransform<aws.s3.BucketArgs>(
        { bucket: args.bucketName, forceDestroy: args.protectData === false },
        args.transform?.bucket,
      ),
      args.protectData,
      this,
    );
    this.bucket = storage.bucket;
    let distributionArn: pulumi.Input<string>;
    if (args.existingDistribution) {
      distributionArn = args.existingDistribution.distributionArn;
      this.url = pulumi.output(args.existingDistribution.siteUrl);
    } else {
      const { connectOrigins: connect = [], imageOrigins: images = [], paymentOrigins: payment } = args;
      const allowed = { connect, images, payment };
      const existingAcl = args.waf?.existingWebAclArn;
      if (args.waf && !existingAcl) this.webAcl = createWebAcl(name, args.waf, args.transform?.webAcl, this);
      const aclArn = existingAcl ?? this.webAcl?.resource.arn;
      this.distribution = createDistribution(name, args, storage.bucket, listFolders(files), allowed, aclArn, this);
      distributionArn = this.distribution.arn;
      if (args.accessLog) {
        this.accessLog = createAccessLog(name, args.accessLog.logRetentionDays ?? 30, this.distribution, this);
      }
      if (args.domain) createSiteRecords(name, args.domain, this.distribution, this);
      this.url = pulumi.interpolate`https://${args.domain?.name ?? this.distribution.domainName}`;
    }
    readableBy(name, distributionArn, storage, this);
    if (args.mediaReplication) createMediaReplication(name, args.mediaReplication, storage, this);
    this.buildId = this.upload(name, files, args, storage.ready);

    this.registerOutputs({ url: this.url, bucket: this.bucket.bucket });
  }

  /** The underlying resources, for settings that the arguments do not cover. */
  public get nodes() {
    const { bucket, distribution, webAcl, accessLog } = this;
    return { bucket, distribution, webAcl: webAcl?.resource, accessLog };
  }

  private upload(
    name: string,
    files: BuiltFile[],
    { settings = {}, sitemap }: StaticSiteArgs,
    ready: pulumi.Resource[],
  ): pulumi.Output<string> {
    const put = (file: BuiltFile, dependsOn: pulumi.Resource[]) =>
      new aws.s3.BucketObjectv2(
        `${name}/${file.path}`,
        {
          bucket: this.bucket.bucket,
          key: `${SITE}${file.path}`,
          ...(file.path === ROBOTS && sitemap !== undefined
            ? { content: pulumi.interpolate`${readFileSync(file.file, "utf8")}Sitemap: ${this.url}${sitemap}\n` }
            : { source: new pulumi.asset.FileAsset(file.file) }),
          contentType: file.contentType,
          cacheControl: file.cacheControl,
        },
        // An open page may still request files of its own build.
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
    // The page is uploaded last, so that it never names missing files.
    for (const file of files.filter(({ hashed }) => !hashed)) put(file, [...assets, configuration]);
    // Names of assets change with their content.
    const paths = files.map(({ path }) => path);
    return pulumi.all(assets.map(({ etag }) => etag)).apply(() => hashOf(paths));
  }
}

const hashOf = (texts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 16);

/**
 * Checks that the build is usable, so that a program can stop before it registers a resource.
 *
 * @throws {pulumi.RunError} with the command to run.
 */
export function checkSiteBuild(name: string, directory: string): void {
  builtFiles(name, directory);
}

function builtFiles(name: string, directory: string): BuiltFile[] {
  try {
    return listFiles(directory);
  } catch (error) {
    if (!(error instanceof UnusableBuildError)) throw error;
    const { state, rule } = error;
    throw new ArgumentChecks("StaticSite", name).violation("build", `is "${directory}", which ${state}`, rule);
  }
}

function checkUnknownPage(name: string, { pages, build }: StaticSiteArgs, files: readonly BuiltFile[]): void {
  if (pages === undefined) return;
  const checks = new ArgumentChecks("StaticSite", name);
  const wrong = pages.find((page) => !/^\/([\w.~*-]+(\/[\w.~*-]+)*)?$/.test(page));
  if (wrong !== undefined) throw checks.violation("pages", `has "${wrong}"`, 'have paths such as "/products/*"');
  const file = UNKNOWN_PAGE.slice(1);
  if (files.some(({ path }) => path === file)) return;
  throw checks.violation(
    "build",
    `is "${build}" without ${file}`,
    "have it, because `pages` sends unknown paths to it",
  );
}

function checkSitemap(name: string, { sitemap, build }: StaticSiteArgs, files: readonly BuiltFile[]): void {
  if (sitemap === undefined) return;
  const checks = new ArgumentChecks("StaticSite", name);
  if (!sitemap.startsWith("/")) throw checks.violation("sitemap", `is "${sitemap}"`, "be a path such as /sitemap.xml");
  if (files.some(({ path }) => path === ROBOTS)) return;
  throw checks.violation("build", `is "${build}" without ${ROBOTS}`, "have it, because it names the `sitemap`");
}

function checkArgs(name: string, args: StaticSiteArgs): void {
  const { pages, rendered, apis, regionApis, signInRegions, connectOrigins, imageOrigins, paymentOrigins } = args;
  const { domain, peerBucket, priceClass, waf, accessLog, edgeSecret } = args;
  const checks = new ArgumentChecks("StaticSite", name);
  if (args.existingDistribution) {
    const origins = { apis, regionApis, signInRegions, connectOrigins, imageOrigins, paymentOrigins, peerBucket };
    const ofDistribution = { pages, rendered, ...origins, domain, priceClass, waf, accessLog, edgeSecret };
    checks.leftOut(ofDistribution, "existingDistribution", "it belongs to the site that creates the distribution");
  }
  const checkPaths = (argument: string, ofArgument: Record<string, Pick<SiteApi, "url">>) => {
    for (const [path, { url }] of Object.entries(ofArgument)) {
      if (!/^\/[\w$.'@:+&?*/~-]{1,220}$/.test(path)) {
        const rule = 'have path patterns of CloudFront, such as "/api/orders*"';
        throw checks.violation(argument, `has the path "${path}"`, rule);
      }
      checkApiUrl(name, path, url);
    }
  };
  checkPaths("apis", apis ?? {});
  for (const [region, ofRegion] of Object.entries(regionApis ?? {})) {
    if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
      throw checks.violation("regionApis", `has the Region "${region}"`, 'have names of Regions, such as "us-west-2"');
    }
    checkPaths(`regionApis["${region}"]`, ofRegion);
  }
  checkWaf(name, waf);
  checks.oneOf({ priceClass }, ["PriceClass_All", "PriceClass_200", "PriceClass_100"]);
}

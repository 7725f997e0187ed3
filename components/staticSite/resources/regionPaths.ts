import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { regionPath } from "../../../domain/region/paths";
import type { StaticSiteArgs } from "../args";
import { REGION_API } from "../functions/edgeFunctions";

/** Creates the function of the paths `/regions/REGION/api/…`, and lists them with their APIs. */
export function createRegionPaths(
  name: string,
  regionApis: NonNullable<StaticSiteArgs["regionApis"]>,
  parent: pulumi.Resource,
): { pathPattern: string; url: pulumi.Input<string>; function: aws.cloudfront.Function }[] {
  const paths = Object.entries(regionApis).flatMap(([region, apis]) =>
    Object.entries(apis).map(([pathPattern, { url }]) => ({ pathPattern: regionPath(region, pathPattern), url })),
  );
  if (paths.length === 0) return [];
  const toRegion = new aws.cloudfront.Function(
    `${name}-region-api`,
    {
      runtime: "cloudfront-js-2.0",
      code: REGION_API,
      publish: true,
      comment: "Rewrites /regions/REGION/api/ to /api/",
    },
    { parent },
  );
  return paths.map((path) => ({ ...path, function: toRegion }));
}

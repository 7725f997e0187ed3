import "../../disablePromiseTraces";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { StaticSite, type StaticSiteArgs } from "../../components/staticSite";
import type { DeployedResource } from "../../local/deployment/deployment";
import { lookUps } from "./registeredResources";
import { temporaryFolder } from "./temporaryFolder";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

export interface Behavior {
  pathPattern: string;
  targetOriginId: string;
  allowedMethods: string[];
  cachePolicyId: string;
  originRequestPolicyId?: string;
  functionAssociations?: { functionArn: string }[];
}

const BUILD = {
  "index.html": "<!doctype html>",
  "favicon.svg": "<svg/>",
  "images/kitchen.svg": "<svg/>",
  "assets/index-Ab12Cd34.js": "1",
  "assets/index-Ef56Gh78.css": "a{}",
  "assets/font-Ij90Kl12.woff2": "w",
};

/** A build with the files that Vite writes, in a temporary folder. */
export function makeBuild(): string {
  const build = temporaryFolder("build");
  for (const [path, text] of Object.entries(BUILD)) writeIn(build, path, text);
  return build;
}

export function writeIn(build: string, path: string, text: string): void {
  mkdirSync(dirname(join(build, path)), { recursive: true });
  writeFileSync(join(build, path), text);
}

/** Registers a site with mocked outputs. */
export async function registerSite(args: StaticSiteArgs, opts?: pulumi.ComponentResourceOptions) {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      resources.push({ type, name, inputs });
      const state = {
        ...inputs,
        arn: `arn:${name}`,
        bucket: inputs.bucket ?? name,
        domainName: "d1.cloudfront.example",
      };
      return { id: `${name}-id`, state: { ...state, bucketRegionalDomainName: `${name}.s3.example` } };
    },
    call: () => ({}),
  });
  let url = "";
  await pulumi.runtime.runInPulumiStack(async () => {
    const site = new StaticSite("site", args, opts);
    url = await new Promise((resolve) => site.url.apply(resolve));
    return {};
  });
  await pulumi.runtime.disconnect();
  const { of, one } = lookUps(resources);
  const object = (key: string) =>
    of("BucketObjectv2")
      .map(({ inputs }) => inputs as Record<string, string>)
      .find((inputs) => inputs["key"] === key)!;
  const distribution = () =>
    one("Distribution") as {
      orderedCacheBehaviors: Behavior[];
      defaultCacheBehavior: Behavior;
      origins: unknown[];
      viewerCertificate: object;
    };
  const behavior = (pathPattern: string) =>
    distribution().orderedCacheBehaviors.find((one) => one.pathPattern === pathPattern)!;
  /** The resources as the local edge reads them. */
  const deployed = resources.map(({ type, name, inputs }): DeployedResource => {
    const outputs = { ...inputs, arn: `arn:${name}`, domainName: "d1.cloudfront.example" };
    return { urn: name, type, name, id: `${name}-id`, inputs, outputs };
  });
  return { url, of, one, object, distribution, behavior, deployed };
}

/** Ids of CloudFront's own policies. */
export const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
export const ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** The other Region's bucket of a site. */
export const PEER = { bucketName: "assets-123456789012-us-west-2-an", region: "us-west-2" };

export const DELIVERER = {
  distributionArn: "arn:aws:cloudfront::123456789012:distribution/E1",
  siteUrl: "https://www.example.com",
};

export interface Origin {
  originId: string;
  domainName: string;
  originPath?: string;
  originAccessControlId: string;
  connectionAttempts?: number;
}

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: object;
}

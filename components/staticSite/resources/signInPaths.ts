import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { signInPath } from "../../../domain/auth";
import { SIGN_IN } from "../functions/edgeFunctions";

/** Creates the origins and the function of the paths `/auth/REGION/`. */
export function createSignInPaths(
  name: string,
  regions: readonly pulumi.Input<string>[],
  parent: pulumi.Resource,
): {
  pathPattern: pulumi.Output<string>;
  originId: pulumi.Output<string>;
  host: pulumi.Output<string>;
  function: aws.cloudfront.Function;
}[] {
  if (regions.length === 0) return [];
  const toCognito = new aws.cloudfront.Function(
    `${name}-sign-in`,
    {
      runtime: "cloudfront-js-2.0",
      code: SIGN_IN,
      publish: true,
      comment: "Rewrites /auth/REGION/ to Cognito's endpoint in that Region",
    },
    { parent },
  );
  return regions.map((region) => ({
    pathPattern: pulumi.output(region).apply((own) => `${signInPath(own)}*`),
    originId: pulumi.interpolate`sign-in-${region}`,
    host: pulumi.interpolate`cognito-idp.${region}.amazonaws.com`,
    function: toCognito,
  }));
}

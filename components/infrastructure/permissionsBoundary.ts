import * as pulumi from "@pulumi/pulumi";

/**
 * Sets a permissions boundary on every role of the stack, whichever component creates it. Call it before the first resource.
 *
 * @param arn ARN of the managed policy that no role of the stack may exceed.
 * @example
 * applyPermissionsBoundary("arn:aws:iam::123456789012:policy/release-production-boundary");
 */
export function applyPermissionsBoundary(arn: pulumi.Input<string>): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    type === "aws:iam/role:Role"
      ? { props: { ...props, permissionsBoundary: props.permissionsBoundary ?? arn }, opts }
      : undefined,
  );
}

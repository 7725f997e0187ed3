import type * as pulumi from "@pulumi/pulumi";

/**
 * Returns the options of a resource with data, by the argument `protectData`: Pulumi refuses to delete it, and leaves it in AWS when its stack
 * no longer has it. Where AWS has its own protection (tables, user pools, content of buckets), the resource's arguments set that too.
 *
 * @example
 * const protectData = false;
 * new aws.kms.Key("data", {}, protectionOf(protectData));
 */
export function protectionOf(protectData = true): Pick<pulumi.CustomResourceOptions, "protect" | "retainOnDelete"> {
  return { protect: protectData, retainOnDelete: protectData };
}

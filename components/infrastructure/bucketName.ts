import * as pulumi from "@pulumi/pulumi";

const MAX_LENGTH = 63;
const RESERVED = /-\d{12}-[a-z]{2}(-[a-z]+)+-\d-an$/;

/**
 * A bucket name that both Regions can tell beforehand and that no other account can ever take: names with this ending
 * belong to the account's own namespace in that Region. A name that merely looks unlikely could be taken by somebody
 * else before the bucket is made, and whoever reads from that name would deliver what he puts there.
 *
 * @param prefix lower-case letters, digits and hyphens; with an account's and a Region's usual lengths up to 37.
 * @example
 * reservedBucketName("stayopen-prod-assets", "123456789012", "us-west-2") // stayopen-prod-assets-123456789012-us-west-2-an
 */
export function reservedBucketName(prefix: string, accountId: string, region: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(prefix)) {
    throw new pulumi.RunError(
      `The bucket name's prefix "${prefix}" can't be used: S3 takes lower-case letters, digits and hyphens. Rename the stack or the project it is made of.`,
    );
  }
  const name = `${prefix}-${accountId}-${region}-an`;
  if (name.length > MAX_LENGTH) {
    const tooLong = name.length - MAX_LENGTH;
    throw new pulumi.RunError(
      `The bucket name "${name}" has ${name.length} characters. Make the prefix "${prefix}" ${tooLong} shorter.`,
    );
  }
  return name;
}

/** What S3 must be told when it makes a bucket of this name; `undefined` means the namespace that all accounts share. */
export function namespaceOf(name: string | undefined): "account-regional" | undefined {
  return name !== undefined && RESERVED.test(name) ? "account-regional" : undefined;
}

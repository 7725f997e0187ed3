import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountIdOf, trustPolicy } from "../inlineFunction/trustPolicy";

export { accountIdOf };

/** A service role and its inline policy: wait for the policy before something is done under the role. */
export interface ServiceRole {
  role: aws.iam.Role;
  policy: aws.iam.RolePolicy;
}

/**
 * A role that one service may assume, on behalf of this account alone, with these statements and nothing else.
 *
 * @param physicalName name in AWS, where another policy must know it beforehand. Default: made of `name`.
 */
export function createServiceRole(
  name: string,
  service: string,
  accountId: pulumi.Input<string>,
  statements: pulumi.Input<pulumi.Input<object>[]>,
  parent: pulumi.Resource,
  physicalName?: string,
): ServiceRole {
  const role = new aws.iam.Role(
    name,
    { name: physicalName, assumeRolePolicy: trustPolicy(service, accountId) },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    name,
    { role: role.id, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements }) },
    { parent },
  );
  return { role, policy };
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountIdOf, trustPolicy } from "../inlineFunction/trustPolicy";

export { accountIdOf };

/** Service role and its inline policy; resources that use the role must depend on the policy. */
export interface ServiceRole {
  role: aws.iam.Role;
  policy: aws.iam.RolePolicy;
}

/**
 * Creates a role with these statements that one service may assume, for this account only.
 *
 * @param physicalName name in AWS, for policies that must know it beforehand. Default: derived from `name`.
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

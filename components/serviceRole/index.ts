import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** A role of a service's, and what it may do: wait for the policy before something is done under the role. */
export interface ServiceRole {
  role: aws.iam.Role;
  policy: aws.iam.RolePolicy;
}

/** A role that one service may take on, for this account alone, with these statements and nothing else. */
export function serviceRole(
  name: string,
  service: string,
  accountId: pulumi.Input<string>,
  statements: pulumi.Input<pulumi.Input<object>[]>,
  parent: pulumi.Resource,
): ServiceRole {
  const role = new aws.iam.Role(
    name,
    {
      assumeRolePolicy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: service },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
          },
        ],
      }),
    },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    name,
    { role: role.id, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements }) },
    { parent },
  );
  return { role, policy };
}

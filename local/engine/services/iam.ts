import { IAM } from "@aws-sdk/client-iam";
import { optionalNumber, request, type ServiceHandlers, tagList, text } from "../handler";
import { checkArn, checkName, checkPolicy, checkRange, names } from "../rules";

export const iam: ServiceHandlers = {
  "aws:iam/role:Role": {
    autoName: { property: "name", maxLength: 64 },
    required: ["assumeRolePolicy"],
    check: (inputs) => [
      checkName(inputs, "name", names.role),
      checkPolicy(inputs, "assumeRolePolicy", "resource"),
      checkRange(inputs, "maxSessionDuration", 3600, 43_200),
      Boolean(inputs["inlinePolicies"] ?? inputs["managedPolicyArns"]) &&
        "The arguments inlinePolicies and managedPolicyArns are deprecated: use RolePolicy and RolePolicyAttachment.",
    ],
    async create({ inputs }, context) {
      const { Role: role } = await context.client(IAM).createRole(
        request(inputs, ["path", "description", "permissionsBoundary"], {
          RoleName: text(inputs, "name"),
          AssumeRolePolicyDocument: text(inputs, "assumeRolePolicy"),
          MaxSessionDuration: optionalNumber(inputs, "maxSessionDuration"),
          Tags: tagList(inputs),
        }),
      );
      return {
        id: text(inputs, "name"),
        outputs: { arn: role?.Arn, uniqueId: role?.RoleId, createDate: role?.CreateDate, path: role?.Path ?? "/" },
      };
    },
    async update({ inputs }, earlier, context) {
      await context
        .client(IAM)
        .updateAssumeRolePolicy({ RoleName: earlier.id, PolicyDocument: text(inputs, "assumeRolePolicy") });
      return { id: earlier.id, outputs: earlier.outputs };
    },
    remove: ({ id }, context) => context.client(IAM).deleteRole({ RoleName: id }),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    autoName: { property: "name", maxLength: 128 },
    required: ["role", "policy"],
    check: (inputs) => [
      checkName(inputs, "name", names.policy),
      checkPolicy(inputs, "policy", "identity"),
      typeof inputs["policy"] === "string" &&
        inputs["policy"].replace(/\s/g, "").length > 10_240 &&
        "The policy is longer than the 10,240 characters that a role's own policies may have.",
    ],
    async create({ inputs }, context) {
      const RoleName = text(inputs, "role");
      const PolicyName = text(inputs, "name");
      await context.client(IAM).putRolePolicy({ RoleName, PolicyName, PolicyDocument: text(inputs, "policy") });
      return { id: `${RoleName}:${PolicyName}` };
    },
    remove: ({ inputs }, context) =>
      context.client(IAM).deleteRolePolicy({ RoleName: text(inputs, "role"), PolicyName: text(inputs, "name") }),
  },
  "aws:iam/policy:Policy": {
    autoName: { property: "name", maxLength: 128 },
    required: ["policy"],
    check: (inputs) => [...checkName(inputs, "name", names.policy), ...checkPolicy(inputs, "policy", "identity")],
    async create({ inputs }, context) {
      const { Policy: policy } = await context.client(IAM).createPolicy(
        request(inputs, ["path", "description"], {
          PolicyName: text(inputs, "name"),
          PolicyDocument: text(inputs, "policy"),
        }),
      );
      return { id: policy?.Arn ?? "", outputs: { arn: policy?.Arn, policyId: policy?.PolicyId } };
    },
    remove: ({ id }, context) => context.client(IAM).deletePolicy({ PolicyArn: id }),
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    required: ["role", "policyArn"],
    check: (inputs) => checkArn(inputs, "policyArn"),
    async create({ inputs, name }, context) {
      const RoleName = text(inputs, "role");
      const PolicyArn = text(inputs, "policyArn");
      await context.client(IAM).attachRolePolicy({ RoleName, PolicyArn });
      return { id: `${RoleName}-${name}` };
    },
    remove: ({ inputs }, context) =>
      context.client(IAM).detachRolePolicy({ RoleName: text(inputs, "role"), PolicyArn: text(inputs, "policyArn") }),
  },
};

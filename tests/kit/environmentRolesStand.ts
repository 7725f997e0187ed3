import { EnvironmentRoles, type EnvironmentRolesArgs } from "../../components/deliveryPipeline";
import type { Call, Statement } from "./isPermitted";
import { mocked, type Registered } from "./observabilityStand";
import { lookUps } from "./registeredResources";

export const ACCOUNT = "123456789012";

export const STATE = "arn:aws:s3:::store-state-production";

export const SECRETS_KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/mrk-1`;

export const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/release-production-boundary`;

export const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

const usual: EnvironmentRolesArgs = {
  environment: "production",
  pipelineAccountId: "111111111111",
  stacks: ["prod-east", "prod-west"],
  stateBucketArn: STATE,
  secretsKeyArn: SECRETS_KEY,
};

export interface Made {
  registered: Registered[];
  of: (type: string) => Registered[];
  deploy: Statement[];
  preview: Statement[];
  boundary: Statement[];
}

export async function make(changes: Partial<EnvironmentRolesArgs> = {}): Promise<Made> {
  const registered: Registered[] = [];
  await mocked(registered, () => {
    new EnvironmentRoles("production", { ...usual, ...changes });
  });
  const { of } = lookUps(registered);
  const statements = (type: string, prefix: string) =>
    of(type)
      .filter(({ name }) => name.startsWith(prefix))
      .flatMap(({ inputs }) => (JSON.parse(String(inputs["policy"])) as { Statement: Statement[] }).Statement);
  return {
    registered,
    of,
    deploy: [...statements("Policy", "production-deploy"), ...statements("RolePolicy", "production-deploy")],
    preview: statements("RolePolicy", "production-preview"),
    boundary: statements("Policy", "production-boundary"),
  };
}

/** Calls with the condition keys that AWS sets. */
const withBoundary = (boundary: string, call: Call): Call => ({
  ...call,
  context: { ...call.context, "iam:PermissionsBoundary": boundary },
});
const passing = (name: string, service: string): Call => ({
  action: "iam:PassRole",
  resource: role(name),
  context: { "iam:PassedToService": `${service}.amazonaws.com` },
});
const onFunction = (action: string, name: string): Call => ({
  action: `lambda:${action}`,
  resource: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`,
});
const feeding = (name: string): Call => ({
  action: "lambda:CreateEventSourceMapping",
  resource: "*",
  context: { "lambda:FunctionArn": `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}` },
});

/** Known ways for a deploying role to become administrator. */
export const ESCALATIONS: Record<string, Call> = {
  "makes a role without the boundary": { action: "iam:CreateRole", resource: role("orders-x") },
  "makes a role with another boundary": withBoundary("arn:aws:iam::aws:policy/AdministratorAccess", {
    action: "iam:CreateRole",
    resource: role("orders-x"),
  }),
  "makes a role of another name": withBoundary(BOUNDARY, { action: "iam:CreateRole", resource: role("admin") }),
  "gives rights to a role without the boundary": { action: "iam:PutRolePolicy", resource: role("orders-x") },
  "gives rights to itself": withBoundary(BOUNDARY, {
    action: "iam:PutRolePolicy",
    resource: role("release-production-deploy"),
  }),
  "attaches a managed policy": {
    action: "iam:AttachRolePolicy",
    resource: role("orders-x"),
    context: { "iam:PermissionsBoundary": BOUNDARY, "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" },
  },
  "lets others assume a role without the boundary": {
    action: "iam:UpdateAssumeRolePolicy",
    resource: role("orders-x"),
  },
  "lets others assume a role of another name": withBoundary(BOUNDARY, {
    action: "iam:UpdateAssumeRolePolicy",
    resource: role("admin"),
  }),
  "takes the boundary away": withBoundary(BOUNDARY, {
    action: "iam:DeleteRolePermissionsBoundary",
    resource: role("orders-x"),
  }),
  "replaces the boundary": withBoundary("arn:aws:iam::aws:policy/AdministratorAccess", {
    action: "iam:PutRolePermissionsBoundary",
    resource: role("orders-x"),
  }),
  "changes the boundary": { action: "iam:CreatePolicyVersion", resource: BOUNDARY },
  "restores an earlier boundary": { action: "iam:SetDefaultPolicyVersion", resource: BOUNDARY },
  "deletes the boundary": { action: "iam:DeletePolicy", resource: BOUNDARY },
  "makes a policy": { action: "iam:CreatePolicy", resource: `arn:aws:iam::${ACCOUNT}:policy/x` },
  "makes a user": { action: "iam:CreateUser", resource: `arn:aws:iam::${ACCOUNT}:user/x` },
  "makes an access key": { action: "iam:CreateAccessKey", resource: `arn:aws:iam::${ACCOUNT}:user/x` },
  "sets a password": { action: "iam:UpdateLoginProfile", resource: `arn:aws:iam::${ACCOUNT}:user/x` },
  "joins a group": { action: "iam:AddUserToGroup", resource: `arn:aws:iam::${ACCOUNT}:group/admins` },
  "makes an instance profile": {
    action: "iam:AddRoleToInstanceProfile",
    resource: `arn:aws:iam::${ACCOUNT}:instance-profile/x`,
  },
  "passes an administrator's role to a function": passing("admin", "lambda"),
  "passes itself to a function": passing("release-production-deploy", "lambda"),
  "passes a role to a machine": passing("orders-x", "ec2"),
  "passes a role to CodeBuild": passing("orders-x", "codebuild"),
  "passes a role to CloudFormation": passing("orders-x", "cloudformation"),
  "assumes any role": { action: "sts:AssumeRole", resource: role("admin") },
  "changes another program's function": onFunction("UpdateFunctionCode", "admin"),
  "calls another program's function": onFunction("InvokeFunction", "admin"),
  "feeds another program's function": feeding("admin"),
  "puts a layer below functions": {
    action: "lambda:PublishLayerVersion",
    resource: `arn:aws:lambda:us-east-1:${ACCOUNT}:layer:x`,
  },
  "changes another program's workflow": {
    action: "states:UpdateStateMachine",
    resource: `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:admin`,
  },
  "runs a build": { action: "codebuild:StartBuild", resource: `arn:aws:codebuild:us-east-1:${ACCOUNT}:project/x` },
  "makes a stack": {
    action: "cloudformation:CreateStack",
    resource: `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/x`,
  },
  "starts a machine": { action: "ec2:RunInstances", resource: `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*` },
  "sends commands to machines": {
    action: "ssm:SendCommand",
    resource: `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`,
  },
  "opens the key of the secrets": { action: "kms:PutKeyPolicy", resource: SECRETS_KEY },
  "hands the key of the secrets out": { action: "kms:CreateGrant", resource: SECRETS_KEY },
  "deletes the key of the secrets": { action: "kms:ScheduleKeyDeletion", resource: SECRETS_KEY },
  "opens the bucket of the state": { action: "s3:PutBucketPolicy", resource: STATE },
  "deletes the bucket of the state": { action: "s3:DeleteBucket", resource: STATE },
  "writes development's state": {
    action: "s3:PutObject",
    resource: "arn:aws:s3:::store-state-development/.pulumi/stacks/stayopen/dev.json",
  },
  "writes the state of the pipeline": {
    action: "s3:PutObject",
    resource: `${STATE}/.pulumi/stacks/stayopen-pipeline/production.json`,
  },
};

/** Calls that a release needs. */
export const NEEDED: Record<string, Call> = {
  "makes a role with the boundary": withBoundary(BOUNDARY, {
    action: "iam:CreateRole",
    resource: role("orders-workflow-1a2b3c4"),
  }),
  "gives rights to a role with the boundary": withBoundary(BOUNDARY, {
    action: "iam:PutRolePolicy",
    resource: role("stayopen-prod-east-orders-submit"),
  }),
  "passes a role to a function": passing("stayopen-prod-east-orders-submit", "lambda"),
  "changes a function": onFunction("UpdateFunctionCode", "stayopen-prod-east-orders-submit"),
  "feeds a function": feeding("stayopen-prod-east-orders-dispatcher"),
  "decrypts the secrets": { action: "kms:Decrypt", resource: SECRETS_KEY },
  "lists the state": { action: "s3:ListBucket", resource: STATE },
  "writes the state": { action: "s3:PutObject", resource: `${STATE}/.pulumi/stacks/stayopen/prod-east.json` },
  "takes a lock": {
    action: "s3:PutObject",
    resource: `${STATE}/.pulumi/locks/organization/stayopen/prod-east/1.json`,
  },
  "changes a table": {
    action: "dynamodb:UpdateTable",
    resource: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/orders-orders-1a2b3c4`,
  },
};

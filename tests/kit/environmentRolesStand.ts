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

/** Known ways for a deploying role to become administrator. */
export const ESCALATIONS: Record<string, Call> = {
  "makes a role without the boundary": { action: "iam:CreateRole", resource: role("orders-x") },
  "makes a role with another boundary": {
    action: "iam:CreateRole",
    resource: role("orders-x"),
    context: { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" },
  },
  "makes a role of another name": {
    action: "iam:CreateRole",
    resource: role("admin"),
    context: { "iam:PermissionsBoundary": BOUNDARY },
  },
  "gives rights to a role without the boundary": { action: "iam:PutRolePolicy", resource: role("orders-x") },
  "gives rights to itself": {
    action: "iam:PutRolePolicy",
    resource: role("release-production-deploy"),
    context: { "iam:PermissionsBoundary": BOUNDARY },
  },
  "attaches a managed policy": {
    action: "iam:AttachRolePolicy",
    resource: role("orders-x"),
    context: { "iam:PermissionsBoundary": BOUNDARY, "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" },
  },
  "lets others assume a role without the boundary": {
    action: "iam:UpdateAssumeRolePolicy",
    resource: role("orders-x"),
  },
  "lets others assume a role of another name": {
    action: "iam:UpdateAssumeRolePolicy",
    resource: role("admin"),
    context: { "iam:PermissionsBoundary": BOUNDARY },
  },
  "takes the boundary away": {
    action: "iam:DeleteRolePermissionsBoundary",
    resource: role("orders-x"),
    context: { "iam:PermissionsBoundary": BOUNDARY },
  },
  "replaces the boundary": {
    action: "iam:PutRolePermissionsBoundary",
    resource: role("orders-x"),
    context: { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" },
  },
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
  "passes an administrator's role to a function": {
    action: "iam:PassRole",
    resource: role("admin"),
    context: { "iam:PassedToService": "lambda.amazonaws.com" },
  },
  "passes itself to a function": {
    action: "iam:PassRole",
    resource: role("release-production-deploy"),
    context: { "iam:PassedToService": "lambda.amazonaws.com" },
  },
  "passes a role to a machine": {
    action: "iam:PassRole",
    resource: role("orders-x"),
    context: { "iam:PassedToService": "ec2.amazonaws.com" },
  },
  "passes a role to CodeBuild": {
    action: "iam:PassRole",
    resource: role("orders-x"),
    context: { "iam:PassedToService": "codebuild.amazonaws.com" },
  },
  "passes a role to CloudFormation": {
    action: "iam:PassRole",
    resource: role("orders-x"),
    context: { "iam:PassedToService": "cloudformation.amazonaws.com" },
  },
  "assumes any role": { action: "sts:AssumeRole", resource: role("admin") },
  "changes another program's function": {
    action: "lambda:UpdateFunctionCode",
    resource: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:admin`,
  },
  "calls another program's function": {
    action: "lambda:InvokeFunction",
    resource: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:admin`,
  },
  "feeds another program's function": {
    action: "lambda:CreateEventSourceMapping",
    resource: "*",
    context: { "lambda:FunctionArn": `arn:aws:lambda:us-east-1:${ACCOUNT}:function:admin` },
  },
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
  "makes a role with the boundary": {
    action: "iam:CreateRole",
    resource: role("orders-workflow-1a2b3c4"),
    context: { "iam:PermissionsBoundary": BOUNDARY },
  },
  "gives rights to a role with the boundary": {
    action: "iam:PutRolePolicy",
    resource: role("stayopen-prod-east-orders-submit"),
    context: { "iam:PermissionsBoundary": BOUNDARY },
  },
  "passes a role to a function": {
    action: "iam:PassRole",
    resource: role("stayopen-prod-east-orders-submit"),
    context: { "iam:PassedToService": "lambda.amazonaws.com" },
  },
  "changes a function": {
    action: "lambda:UpdateFunctionCode",
    resource: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:stayopen-prod-east-orders-submit`,
  },
  "feeds a function": {
    action: "lambda:CreateEventSourceMapping",
    resource: "*",
    context: {
      "lambda:FunctionArn": `arn:aws:lambda:us-east-1:${ACCOUNT}:function:stayopen-prod-east-orders-dispatcher`,
    },
  },
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

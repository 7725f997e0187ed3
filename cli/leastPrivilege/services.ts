import { STATE_MACHINE_LOGS_AND_TRACES } from "../../components/inlineFunction/actions";
import { type DeployedResource, type Deployment, resourcesOfType } from "../../local/deployment/deployment";

/** Role that an AWS service assumes for a resource of the program. */
export interface ServiceRole {
  /** The role's physical name. */
  role: string;
  /** Name of the resource in the program. */
  name: string;
  /** Requests of the service, derived from the resource's settings. */
  needs: { action: string; resource: string }[];
}

/**
 * Roles of state machines, schedules and replicated buckets. A local run does not show their requests, because the emulator makes them as
 * root; the definition, target or rule contains all of them.
 */
export function serviceRoles(deployment: Pick<Deployment, "resources">): ServiceRole[] {
  const of = (type: string, read: (resource: DeployedResource) => ServiceRole) =>
    resourcesOfType(deployment, type).map(read);
  return [
    ...of("aws:sfn/stateMachine:StateMachine", stateMachineRole),
    ...of("aws:scheduler/schedule:Schedule", scheduleRole),
    ...of("aws:s3/bucketReplicationConfig:BucketReplicationConfig", replicationRole),
  ];
}

/** Name of a role by its ARN. */
export const roleName = (arn: unknown) => String(arn).split("/").pop() ?? "";

function stateMachineRole({ name, inputs }: DeployedResource): ServiceRole {
  const needs: ServiceRole["needs"] = [];
  forEachTask(JSON.parse(String(inputs["definition"])), (task) => needs.push(neededByTask(task)));
  const { level = "OFF" } = (inputs["loggingConfiguration"] ?? {}) as { level?: string };
  const { enabled = false } = (inputs["tracingConfiguration"] ?? {}) as { enabled?: boolean };
  for (const action of STATE_MACHINE_LOGS_AND_TRACES)
    if (action.startsWith("logs:") ? level !== "OFF" : enabled) needs.push({ action, resource: "*" });
  return { role: roleName(inputs["roleArn"]), name, needs };
}

interface Task {
  Resource: string;
  Arguments?: Record<string, unknown>;
  Parameters?: Record<string, unknown>;
}

/** Calls `visit` for each task of a definition, also inside Map and Parallel. */
function forEachTask(part: unknown, visit: (task: Task) => void): void {
  if (typeof part !== "object" || part === null) return;
  const { Type, Resource } = part as { Type?: unknown; Resource?: unknown };
  if (Type === "Task" && typeof Resource === "string") visit({ ...part, Resource });
  for (const inner of Object.values(part)) forEachTask(inner, visit);
}

function neededByTask({ Resource, Arguments, Parameters }: Task): ServiceRole["needs"][number] {
  const given = { ...Parameters, ...Arguments };
  if (/^arn:[^:]+:lambda:/.test(Resource)) return { action: "lambda:InvokeFunction", resource: Resource };
  const integration = /^arn:[^:]+:states:::([^.]+)/.exec(Resource)?.[1] ?? "";
  const target = TARGETS[integration];
  // An unknown task becomes a need that no grant covers, so that the report names it.
  return target
    ? { action: target.action, resource: String(given[target.argument]) }
    : { action: integration || Resource, resource: "unknown to the report" };
}

/** Action of each Step Functions integration, and the argument with the resource. */
const TARGETS: Record<string, { action: string; argument: string }> = {
  "lambda:invoke": { action: "lambda:InvokeFunction", argument: "FunctionName" },
  "sns:publish": { action: "sns:Publish", argument: "TopicArn" },
  "states:startExecution": { action: "states:StartExecution", argument: "StateMachineArn" },
};

function scheduleRole({ name, inputs }: DeployedResource): ServiceRole {
  const { roleArn, arn, deadLetterConfig } = inputs["target"] as {
    roleArn: string;
    arn: string;
    deadLetterConfig?: { arn: string };
  };
  const calls: Record<string, string> = {
    lambda: "lambda:InvokeFunction",
    sqs: "sqs:SendMessage",
    sns: "sns:Publish",
    states: "states:StartExecution",
  };
  const service = arn.split(":")[2] ?? "";
  const needs = [{ action: calls[service] ?? service, resource: arn }];
  if (deadLetterConfig) needs.push({ action: "sqs:SendMessage", resource: deadLetterConfig.arn });
  return { role: roleName(roleArn), name, needs };
}

/** Permissions that AWS documents for replication between buckets of one account. */
function replicationRole({ name, inputs }: DeployedResource): ServiceRole {
  const source = `arn:aws:s3:::${inputs["bucket"]}`;
  const rules = inputs["rules"] as { filter?: { prefix?: string }; destination: { bucket: string } }[];
  const needs = ["s3:GetReplicationConfiguration", "s3:ListBucket"].map((action) => ({ action, resource: source }));
  for (const { filter, destination } of rules) {
    const objects = (bucket: string) => `${bucket}/${filter?.prefix ?? ""}*`;
    for (const action of ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"])
      needs.push({ action, resource: objects(source) });
    for (const action of ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"])
      needs.push({ action, resource: objects(destination.bucket) });
  }
  return { role: roleName(inputs["role"]), name, needs };
}

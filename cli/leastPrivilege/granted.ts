import type { AccessDecision } from "../../local/aws/network/accessLog";
import { type Deployment, resourcesOfType } from "../../local/deployment/deployment";
import { roleName, serviceRoles } from "./services";

/** One action on one resource that a role is granted. */
export interface Granted {
  /** The role's physical name. */
  role: string;
  /** Name in the program of the role's function, or of the resource whose AWS service assumes the role. */
  name: string;
  action: string;
  /** An ARN, with IAM's wildcards. */
  resource: string;
}

/** Request that an AWS service makes with a role, independent of the function's code. */
export type Need = Pick<AccessDecision, "role" | "action" | "resource">;

interface Statement {
  Effect?: string;
  Action?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
}

/** Everything that the roles of functions and of services hold, by the policies that the program gave them. */
export function grantedOf(deployment: Pick<Deployment, "resources">): Granted[] {
  const holderOf = holdersByRole(deployment);
  return resourcesOfType(deployment, "aws:iam/rolePolicy:RolePolicy").flatMap(({ inputs }) => {
    const role = String(inputs["role"]);
    const name = holderOf.get(role);
    if (name === undefined) return [];
    const { Statement: statements } = JSON.parse(String(inputs["policy"])) as { Statement?: Statement | Statement[] };
    return (
      [statements ?? []]
        .flat()
        // A grant for all but some resources is used by calls that have no resource.
        .flatMap(({ Effect, Action = [], NotResource, Resource = NotResource === undefined ? [] : "*" }) =>
          Effect === "Allow"
            ? [Action]
                .flat()
                .flatMap((action) => [Resource].flat().map((resource) => ({ role, name, action, resource })))
            : [],
        )
    );
  });
}

/** Names of roles that belong to no known function or service. */
export function otherRoles(deployment: Pick<Deployment, "resources">): string[] {
  const holderOf = holdersByRole(deployment);
  return resourcesOfType(deployment, "aws:iam/role:Role")
    .filter(({ outputs }) => !holderOf.has(String(outputs["name"])))
    .map(({ name }) => name);
}

/**
 * Lists the requests that Lambda makes with a function's role for its event source mappings and its dead-letter queue. AWS refuses a mapping
 * or queue whose role lacks a permission; the local run reads and sends as root.
 */
export function neededByLambda(deployment: Pick<Deployment, "resources">): Need[] {
  const functions = resourcesOfType(deployment, "aws:lambda/function:Function");
  const deadLetters = functions.flatMap(({ inputs, outputs }) => {
    const target = (inputs["deadLetterConfig"] as { targetArn?: string } | undefined)?.targetArn;
    if (target === undefined) return [];
    const role = roleName(outputs["role"]);
    return (DESTINATION_ACTIONS[serviceOf(target)] ?? []).map((action) => ({ role, action, resource: target }));
  });
  const mappings = resourcesOfType(deployment, "aws:lambda/eventSourceMapping:EventSourceMapping").flatMap(
    ({ inputs }) => {
      const target = String(inputs["functionName"]);
      const handler = functions.find(({ outputs }) => outputs["arn"] === target || outputs["name"] === target);
      if (handler === undefined) return [];
      const role = roleName(handler.outputs["role"]);
      const source = String(inputs["eventSourceArn"]);
      const destination = (inputs["destinationConfig"] as { onFailure?: { destinationArn?: string } } | undefined)
        ?.onFailure?.destinationArn;
      const needs = (resource: string, actions: readonly string[]) =>
        actions.map((action) => ({ role, action, resource }));
      return [
        ...needs(source, SOURCE_ACTIONS[serviceOf(source)] ?? []),
        ...(destination === undefined ? [] : needs(destination, DESTINATION_ACTIONS[serviceOf(destination)] ?? [])),
      ];
    },
  );
  return [...deadLetters, ...mappings];
}

/** Requests that AWS services make with their own roles. */
export function neededByServices(deployment: Pick<Deployment, "resources">): Need[] {
  return serviceRoles(deployment).flatMap(({ role, needs }) => needs.map((need) => ({ role, ...need })));
}

const SOURCE_ACTIONS: Record<string, readonly string[]> = {
  dynamodb: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
  sqs: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
};
const DESTINATION_ACTIONS: Record<string, readonly string[]> = { sqs: ["sqs:SendMessage"], sns: ["sns:Publish"] };

const serviceOf = (arn: string) => arn.split(":")[2] ?? "";
function holdersByRole(deployment: Pick<Deployment, "resources">): Map<string, string> {
  const functions = resourcesOfType(deployment, "aws:lambda/function:Function");
  return new Map([
    ...serviceRoles(deployment).map(({ role, name }) => [role, `${name} (service)`] as const),
    // An InlineFunction's resources are named after it, with a suffix each.
    ...functions.map(({ name, outputs }) => [roleName(outputs["role"]), name.replace(/-function$/, "")] as const),
  ]);
}

import { hash } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Deployment, resourcesOfType } from "../../deployment/deployment";

/** Role session of a function in the emulator. */
export interface FunctionSession {
  secretAccessKey: string;
  sessionToken: string;
  functionName: string;
  roleArn: string;
}

/**
 * Computes the credentials of every function, by access key. The emulator derives them from the function's and the role's ARN
 * (`execution_credentials` in its `lambda_runtime.py`), so that another verifier of signatures can too.
 */
export function functionSessions(deployment: Pick<Deployment, "resources">): Map<string, FunctionSession> {
  const sessions = new Map<string, FunctionSession>();
  for (const { outputs } of resourcesOfType(deployment, "aws:lambda/function:Function")) {
    const roleArn = String(outputs["role"]);
    for (const functionArn of new Set([String(outputs["arn"]), String(outputs["qualifiedArn"])])) {
      const digest = sha256(`${functionArn}:${roleArn}`);
      sessions.set(`ASIA${digest.slice(0, 16).toUpperCase()}`, {
        secretAccessKey: sha256(`secret:${digest}`),
        sessionToken: sha256(`token:${digest}`),
        functionName: String(outputs["name"]),
        roleArn,
      });
    }
  }
  return sessions;
}

/** Reads the policies of each role, by the role's name. */
export function rolePolicies(deployment: Pick<Deployment, "resources">): Map<string, string[]> {
  const policies = new Map<string, string[]>();
  for (const { outputs } of resourcesOfType(deployment, "aws:iam/rolePolicy:RolePolicy")) {
    const role = String(outputs["role"]);
    policies.set(role, [...(policies.get(role) ?? []), String(outputs["policy"])]);
  }
  return policies;
}

/** Writes a Region's function sessions and role policies for the emulators of the other Regions (peer_sessions.py). */
export function writeFunctionSessions(folder: string, deployment: Pick<Deployment, "resources" | "region">): void {
  const sessions = [...functionSessions(deployment)].map(([accessKey, session]) => {
    const [, , , , account, role = ""] = session.roleArn.split(":");
    const principal = `${role.split("/").pop()}/${session.functionName.slice(0, 64)}`;
    return [
      accessKey,
      {
        Arn: `arn:aws:sts::${account}:assumed-role/${principal}`,
        UserId: principal.replace("/", ":"),
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
      },
    ] as const;
  });
  const content = { sessions: Object.fromEntries(sessions), policies: Object.fromEntries(rolePolicies(deployment)) };
  const file = join(folder, `${deployment.region}.json`);
  // Emulators read it at any time.
  writeFileSync(`${file}.part`, JSON.stringify(content), { mode: 0o600 });
  renameSync(`${file}.part`, file);
}

const sha256 = (text: string): string => hash("sha256", text, "hex");

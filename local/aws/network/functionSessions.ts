import { createHash } from "node:crypto";
import { type Deployment, resourcesOfType } from "../../deployment/deployment";

/** The role session that a function of the emulator runs with. */
export interface FunctionSession {
  secretAccessKey: string;
  sessionToken: string;
  functionName: string;
  roleArn: string;
}

/**
 * The credentials of every function by access key. The emulator derives them from the function's and the role's ARN
 * (`execution_credentials` in its `lambda_runtime.py`), so whoever verifies a signature beside it can know them too.
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

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

import { spawnSync } from "node:child_process";

/**
 * Reads the outputs of a deployed stack with the Pulumi CLI.
 *
 * @param alternative what to give instead of the stack, for the error.
 * @throws {Error} with one sentence if the CLI fails.
 */
export function readStackOutputs(stack: string, alternative: string): Record<string, unknown> {
  const { status, stdout, stderr, error } = spawnSync("pulumi", ["stack", "output", "--json", "--stack", stack], {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (error || status !== 0) {
    const reason = (error?.message ?? stderr).trim().split("\n")[0];
    throw new Error(
      `Reading the outputs of stack ${stack} failed: ${reason} To do without Pulumi, give ${alternative}.`,
    );
  }
  return JSON.parse(stdout) as Record<string, unknown>;
}

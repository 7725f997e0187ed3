import { spawn } from "node:child_process";

/**
 * Kills a process group when this process has gone, however it went: for processes that are stopped (SIGSTOP) and so can't see by
 * themselves that nobody is there to wake them. The guard is a shell that waits for the end of its standard input.
 *
 * @returns what ends the guard; to be called when the group can look after itself again, or has ended.
 */
export function guardAgainstOrphans(group: number): () => void {
  const guard = spawn("sh", ["-c", `read -r _; kill -9 -${group}`], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.stdin.on("error", () => undefined); // it ended first
  guard.unref();
  return () => void guard.kill("SIGKILL");
}

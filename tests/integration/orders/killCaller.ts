import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Kills (SIGKILL) the processes connected to a port: a function that waits for a provider's response dies between its
 * call and its write. Linux only, because it reads /proc.
 *
 * @returns the number of killed processes.
 */
export function killCallersOf(port: number): number {
  const sockets = new Set(
    readFileSync("/proc/net/tcp", "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , remote, state]) => state === "01" && remote?.endsWith(`:${hex(port)}`))
      .map((fields) => `socket:[${fields[9]}]`),
  );
  let killed = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) !== process.pid && holds(pid, sockets)) {
      process.kill(Number(pid), "SIGKILL");
      killed++;
    }
  }
  return killed;
}

function holds(pid: string, sockets: Set<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)));
  } catch {
    // The process has ended, or belongs to another user.
    return false;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, "0");

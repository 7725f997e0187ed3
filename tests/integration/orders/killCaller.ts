import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Kills (SIGKILL) the processes that hold a connection to this port: the function that waits for an outside system's
 * answer dies between the call and its write. Linux only, by /proc.
 *
 * @returns how many were killed.
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
    // It has ended meanwhile, or is not ours to look at.
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

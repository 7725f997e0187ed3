import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface Listener {
  address: string;
  port: number;
  /** Command line of the process. */
  command: string;
}

/** Lists the sockets that this process and its descendants listen on: none on systems other than Linux. */
export function listeners(): Listener[] {
  const sockets = new Map<string, { address: string; port: number }>();
  for (const table of ["tcp", "tcp6"]) {
    for (const line of readOr(`/proc/net/${table}`).trim().split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      if (state !== "0A") continue;
      const [address = "", port = ""] = local.split(":");
      sockets.set(inode, { address: readable(address), port: Number.parseInt(port, 16) });
    }
  }
  const found = new Map<number, Listener>();
  for (const pid of descendants()) {
    const command = readOr(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
    for (const fd of filesOf(`/proc/${pid}/fd`)) {
      const socket = sockets.get(/^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? "");
      if (socket) found.set(socket.port, { ...socket, command });
    }
  }
  return [...found.values()];
}

function descendants(): number[] {
  const parents = new Map<number, number>();
  for (const entry of filesOf("/proc").filter((name) => /^\d+$/.test(name))) {
    // The command's name, in parentheses, may hold anything.
    const parent = readOr(`/proc/${entry}/stat`)
      .replace(/^.*\) /s, "")
      .split(" ")[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === process.pid || isOurs(parents.get(pid)));
  return [...parents.keys()].filter(isOurs);
}

/** `0100007F` → `127.0.0.1`; an IPv6 address stays as it is. */
const readable = (hex: string): string =>
  hex.length === 8
    ? (hex.match(/../g) ?? [])
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join(".")
    : hex;

/** Reads a process's file; the process may end meanwhile. */
function orNothing<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
const readOr = (file: string): string => orNothing(() => readFileSync(file, "utf8"), "");
const linkOf = (file: string): string => orNothing(() => readlinkSync(file), "");
const filesOf = (folder: string): string[] => orNothing(() => readdirSync(folder), []);

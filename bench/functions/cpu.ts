import * as fs from "node:fs";

/** Processor time of this process and its esbuild process in seconds, from Linux's `proc(5)`. */
export function cpuSeconds(): { node: number; esbuild: number } {
  const TICKS_PER_SECOND = 100;
  const own = process.cpuUsage();
  let esbuild = 0;
  for (const task of fs.readdirSync("/proc/self/task")) {
    const children = fs.readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" ").filter(Boolean);
    for (const pid of children) {
      const [, name, rest] = /\((.*)\) (.*)/.exec(fs.readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      const fields = rest?.split(" ") ?? [];
      if (name === "esbuild") esbuild += (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    }
  }
  return { node: (own.user + own.system) / 1e6, esbuild };
}

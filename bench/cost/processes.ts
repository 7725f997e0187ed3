import { readdirSync, readFileSync } from "node:fs";

/** Processor seconds since each process began. */
export interface ProcessorSeconds {
  emulator: number;
  /** All functions' processes that live, and those that have ended. */
  functions: number;
  /** This process: customers, event sources, outside systems. */
  driver: number;
}

const TICKS_A_SECOND = 100;

/** What the processes of a metered run have used up to now; on Linux, where the kernel tells. */
export function processorSeconds(emulatorPid: number): ProcessorSeconds {
  const own = process.cpuUsage();
  const sum: ProcessorSeconds = { emulator: 0, functions: 0, driver: (own.user + own.system) / 1e6 };
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(pid);
    if (!fields) continue;
    const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((index) => Number(fields[index]));
    if (Number(pid) === emulatorPid) {
      sum.emulator += (user! + system!) / TICKS_A_SECOND;
      sum.functions += (endedUser! + endedSystem!) / TICKS_A_SECOND;
    } else if (parent === emulatorPid) sum.functions += (user! + system!) / TICKS_A_SECOND;
  }
  return sum;
}

/** The fields after the name, which may hold spaces. */
function statOf(pid: string): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    // Ended in this moment.
    return undefined;
  }
}

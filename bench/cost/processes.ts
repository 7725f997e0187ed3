import { processes } from "../processes";

/** Processor seconds since each process began. */
export interface ProcessorSeconds {
  emulator: number;
  /** All functions' processes that live, and those that have ended. */
  functions: number;
  /** This process: customers, event sources, providers systems. */
  driver: number;
}

/** What the processes of a metered run have used up to now; on Linux, where the kernel tells. */
export function processorSeconds(emulatorPid: number): ProcessorSeconds {
  const own = process.cpuUsage();
  const known = processes();
  const { seconds: emulator = 0, endedSeconds = 0 } = known.get(emulatorPid) ?? {};
  let functions = endedSeconds;
  for (const { parent, seconds } of known.values()) if (parent === emulatorPid) functions += seconds;
  return { emulator, functions, driver: (own.user + own.system) / 1e6 };
}

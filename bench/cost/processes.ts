import { processes } from "../processes";

/** Processor seconds since each process began. */
export interface ProcessorSeconds {
  emulator: number;
  /** All processes of functions, ended ones included. */
  functions: number;
  /** This process: customers, event sources and simulated providers. */
  driver: number;
}

/** Reads the processor time of a metered run's processes until now. On systems other than Linux only the driver's. */
export function processorSeconds(emulatorPid: number): ProcessorSeconds {
  const own = process.cpuUsage();
  const known = processes();
  const { seconds: emulator = 0, endedSeconds = 0 } = known.get(emulatorPid) ?? {};
  let functions = endedSeconds;
  for (const { parent, seconds } of known.values()) if (parent === emulatorPid) functions += seconds;
  return { emulator, functions, driver: (own.user + own.system) / 1e6 };
}

import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** The end of a started process. */
export interface ProcessEnd {
  expected: boolean;
  reason: string;
}

/** Settles when the process has ended; the end is expected if it was being stopped. */
export function endOf(child: ChildProcess, state: { stopping: boolean }): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve({ expected: false, reason: message }));
    child.once("exit", (code, signal) =>
      resolve({ expected: state.stopping, reason: signal ? `ended by ${signal}` : `ended with code ${code}` }),
    );
  });
}

/** Waits until the address of a started process responds with 2xx. Rejects with the reason if the process ends, or after the time limit. */
export async function untilReady(url: string, ended: Promise<ProcessEnd>, timeoutMs: number): Promise<void> {
  let reason: string | undefined;
  void ended.then((end) => {
    reason = end.reason;
  });
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (reason !== undefined) throw new Error(`${reason} while starting.`);
    const isReady = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await sleep(30);
  }
  throw new Error(`did not respond within ${timeoutMs} ms.`);
}

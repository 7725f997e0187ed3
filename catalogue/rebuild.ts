import { setTimeout as sleep } from "node:timers/promises";
import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { RebuildProgress } from "../components/searchService/handlers/index/rebuild";

export interface RebuildRun {
  client: SFNClient;
  stateMachineArn: string;
  onProgress?: (secondsSoFar: number) => void;
  /** Longest wait for the end, in milliseconds; the rebuild itself continues. Default: 24 hours. */
  patienceMs?: number;
  /** Milliseconds between polls. Default: 2,000. */
  pollMs?: number;
}

/**
 * Starts a rebuild of the search index and waits for its end. Searches and changes continue.
 *
 * @throws Error if it fails; searches still read the old index, and the next rebuild continues where this one ended.
 */
export async function rebuildIndex(run: RebuildRun): Promise<RebuildProgress> {
  const { client, stateMachineArn, pollMs = 2_000, patienceMs = 24 * 3_600_000 } = run;
  const start = Date.now();
  // The index gets this name; rebuilds that start in the same second are the same one.
  const name = new Date(start).toISOString().slice(0, 19).replace(/[-:]/g, "").toLowerCase();
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, name, input: "{}" }));
  while (Date.now() - start < patienceMs) {
    const { status, output, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (status === "SUCCEEDED") return JSON.parse(output ?? "{}");
    if (status !== "RUNNING") throw new Error(`The rebuild ended as ${status}: ${error ?? ""} ${cause ?? ""}`.trim());
    run.onProgress?.(Math.round((Date.now() - start) / 1_000));
    await sleep(pollMs);
  }
  throw new Error(
    `The rebuild still runs after ${Math.round(patienceMs / 60_000)} minutes. Watch the execution ${executionArn}.`,
  );
}

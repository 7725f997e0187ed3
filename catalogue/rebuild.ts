import { setTimeout as sleep } from "node:timers/promises";
import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { RebuildProgress } from "../components/searchService/handlers/rebuild";

export interface RebuildRun {
  client: SFNClient;
  stateMachineArn: string;
  onProgress?: (secondsSoFar: number) => void;
  /** Longest wait for its end, in milliseconds. The rebuild itself goes on. Default: 24 hours. */
  patienceMs?: number;
  /** Between looks, in milliseconds. Default: 2 s. */
  pollMs?: number;
}

/**
 * Starts a rebuild of the search index and waits for its end. Searches and changes go on meanwhile.
 *
 * @throws Error when it fails; searches read the old index then, and the next rebuild goes on where this one ended.
 */
export async function rebuildIndex(run: RebuildRun): Promise<RebuildProgress> {
  const { client, stateMachineArn, pollMs = 2_000, patienceMs = 24 * 3_600_000 } = run;
  const start = Date.now();
  // The name becomes the index's; two rebuilds that start in the same second are the same one.
  const name = new Date(start).toISOString().slice(0, 19).replace(/[-:]/g, "").toLowerCase();
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, name, input: "{}" }));
  while (Date.now() - start < patienceMs) {
    const { status, output, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (status === "SUCCEEDED") return JSON.parse(output ?? "{}");
    if (status !== "RUNNING") throw new Error(`The rebuild ended as ${status}: ${error ?? ""} ${cause ?? ""}`.trim());
    run.onProgress?.(Math.round((Date.now() - start) / 1_000));
    await sleep(pollMs);
  }
  throw new Error(`The rebuild still runs after ${Math.round(patienceMs / 60_000)} minutes: ${executionArn}`);
}

import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { SFN } from "@aws-sdk/client-sfn";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import type { Deployment } from "../deployment/deployment";

/** Clients of one Region's emulator. */
export interface RegionClients {
  deployment: Deployment;
  /** False for a Region that is known to be dead or frozen. */
  isUp(): boolean;
  dynamo: DynamoDBDocument;
  sfn: SFN;
  logs: CloudWatchLogs;
  /** Reads from the emulator's own API below `/_ministack`. */
  ministack<T>(path: string, limitMs?: number): Promise<T>;
  destroy(): void;
}

/** A Region may stop answering at any time. */
const timeoutMs = 2_000;

export function regionClients(deployment: Deployment, isUp: () => boolean): RegionClients {
  const { region, endpoint, credentials } = deployment;
  const client = {
    region,
    endpoint,
    credentials,
    maxAttempts: 1,
    requestHandler: { requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  };
  const dynamo = new DynamoDB(client);
  const sfn = new SFN(client);
  const logs = new CloudWatchLogs(client);
  return {
    deployment,
    isUp,
    dynamo: DynamoDBDocument.from(dynamo),
    sfn,
    logs,
    async ministack<T>(path: string, limitMs = timeoutMs) {
      const response = await fetch(`${endpoint}/_ministack${path}`, { signal: AbortSignal.timeout(limitMs) });
      if (!response.ok) throw new Error(`The emulator answered ${path} with ${response.status}.`);
      return (await response.json()) as T;
    },
    destroy() {
      for (const one of [dynamo, sfn, logs]) one.destroy();
    },
  };
}

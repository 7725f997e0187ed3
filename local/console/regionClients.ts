import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Deployment } from "../deployment/deployment";

/** Clients of one Region's emulator. */
export interface RegionClients {
  deployment: Deployment;
  /** False for a Region that is known to be dead or frozen. */
  isUp(): boolean;
  dynamo: DynamoDBDocumentClient;
  sfn: SFNClient;
  logs: CloudWatchLogsClient;
  /** Reads from the emulator's own API below `/_ministack`. */
  ministack<T>(path: string): Promise<T>;
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
  const dynamo = new DynamoDBClient(client);
  const sfn = new SFNClient(client);
  const logs = new CloudWatchLogsClient(client);
  return {
    deployment,
    isUp,
    dynamo: DynamoDBDocumentClient.from(dynamo),
    sfn,
    logs,
    async ministack<T>(path: string) {
      const response = await fetch(`${endpoint}/_ministack${path}`, { signal: AbortSignal.timeout(timeoutMs) });
      if (!response.ok) throw new Error(`The emulator answered ${path} with ${response.status}.`);
      return (await response.json()) as T;
    },
    destroy() {
      for (const one of [dynamo, sfn, logs]) one.destroy();
    },
  };
}

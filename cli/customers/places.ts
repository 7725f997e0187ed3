import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { PersonalData, RegionData } from "../../components/orderService/handlers/erasure/regionData";
import { OrderStore } from "../../components/orderService/handlers/orderStore";
import { type RunningStore, runningStore } from "../../local/runningStore";
import type { RegionConnection } from "../regions/connection";
import { readStackOutputs } from "../stackOutputs";

export interface CustomerRegion extends RegionConnection {
  region: string;
  data: PersonalData;
}

/** Clients for one Region's personal data. */
export interface CustomerClients extends CustomerRegion, RegionData {}

/**
 * Finds the Regions of the local run, or of deployed stacks.
 *
 * @throws {Error} with one sentence that says what to give.
 */
export function findCustomerRegions(
  flags: { stack?: string[]; data?: string },
  running: Pick<RunningStore, "deployments"> | undefined = flags.stack ? undefined : runningStore(flags.data),
): CustomerRegion[] {
  if (running) {
    return running.deployments.map(({ region, endpoint, credentials, outputs, stack }) => ({
      region,
      endpoint,
      credentials,
      data: personalDataOf(outputs, stack),
    }));
  }
  const stacks = flags.stack ?? [];
  const regions = stacks.map((stack) => {
    const outputs = readStackOutputs(stack, "--data FOLDER of a local run");
    const { storeRegions = [] } = outputs as { storeRegions?: string[] };
    return { region: String(storeRegions[0]), all: storeRegions, data: personalDataOf(outputs, stack) };
  });
  const known = regions.map(({ region }) => region);
  const missing = regions.flatMap(({ all }) => all).find((region) => !known.includes(region));
  if (missing !== undefined) {
    throw new Error(`The stack of ${missing} is missing. Give --stack once for each Region's stack.`);
  }
  if (regions.length > 0) return regions.map(({ region, data }) => ({ region, data }));
  throw new Error("No store was found. Start the local run (npm start), or give --stack NAME for each Region's stack.");
}

function personalDataOf({ personalData }: Record<string, unknown>, stack: string): PersonalData {
  if (typeof personalData !== "object" || personalData === null) {
    throw new Error(`Stack ${stack} has no output personalData. Deploy this release first.`);
  }
  return personalData as PersonalData;
}

/** Opens a Region. A dead one is detected within seconds. */
export function openCustomerRegion(region: CustomerRegion): CustomerClients {
  const settings = {
    region: region.region,
    endpoint: region.endpoint,
    credentials: region.credentials,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  };
  const tables = DynamoDBDocumentClient.from(new DynamoDBClient(settings), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return {
    ...region,
    tables,
    orders: new OrderStore(tables, region.data, region.region),
    objects: new S3Client({ ...settings, forcePathStyle: region.endpoint !== undefined }),
    pool: new CognitoIdentityProviderClient(settings),
  };
}

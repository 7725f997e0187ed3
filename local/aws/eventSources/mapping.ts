import type { DeployedResource, Deployment } from "../../deployment/deployment";
import { resourcesOfType } from "../../deployment/deployment";
import { parsePatterns } from "./filter";

const type = "aws:lambda/eventSourceMapping:EventSourceMapping";

/** An event source mapping of a DynamoDB stream, with Lambda's defaults filled in. */
export interface StreamMapping {
  /** The Pulumi name, for logs and the checkpoint's file. */
  name: string;
  streamArn: string;
  /** Name or ARN, for Lambda's Invoke. */
  functionName: string;
  functionArn: string;
  /** The function's role, if it is in the program. It must allow reading the stream and writing to the destination. */
  roleArn?: string;
  /** The function's own time-out, seconds. */
  functionTimeoutSeconds: number;
  startingPosition: "TRIM_HORIZON" | "LATEST";
  batchSize: number;
  batchingWindowMs: number;
  parallelizationFactor: number;
  patterns: ReturnType<typeof parsePatterns>;
  /** Retries of a failed batch; -1: until its records expire. */
  maximumRetryAttempts: number;
  /** Seconds; -1: until the stream drops the record, after 24 hours. */
  maximumRecordAgeSeconds: number;
  bisects: boolean;
  reportsItemFailures: boolean;
  /** Queue or topic for records that were given up. */
  destinationArn?: string;
}

/**
 * Reads the deployment's enabled mappings of DynamoDB streams.
 *
 * @throws Error that names the mapping and the argument that Lambda would refuse or that is not emulated.
 */
export function streamMappings(deployment: Pick<Deployment, "resources">): StreamMapping[] {
  return resourcesOfType(deployment, type)
    .filter(({ inputs }) => isStream(inputs["eventSourceArn"]) && inputs["enabled"] !== false)
    .map((resource) => mappingOf(resource, deployment));
}

function isStream(arn: unknown): boolean {
  return typeof arn === "string" && /^arn:aws[\w-]*:dynamodb:.*\/stream\//.test(arn);
}

function mappingOf({ name, inputs }: DeployedResource, deployment: Pick<Deployment, "resources">): StreamMapping {
  const refuse = (sentence: string): never => {
    throw new Error(`Event source mapping "${name}": ${sentence}`);
  };
  const whole = (argument: string, otherwise: number, least: number, most: number): number => {
    const value = inputs[argument] ?? otherwise;
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
      return refuse(`\`${argument}\` must be a whole number from ${least} to ${most}, not ${JSON.stringify(value)}.`);
    }
    return value;
  };
  if (Number(inputs["tumblingWindowInSeconds"] ?? 0) > 0) refuse("tumbling windows are not emulated.");
  if (inputs["kmsKeyArn"]) refuse("filter criteria encrypted with a key are not emulated.");
  const startingPosition = inputs["startingPosition"];
  if (startingPosition !== "TRIM_HORIZON" && startingPosition !== "LATEST") {
    return refuse("`startingPosition` must be TRIM_HORIZON or LATEST for a DynamoDB stream.");
  }
  const batchSize = whole("batchSize", 100, 1, 10_000);
  const windowSeconds = whole("maximumBatchingWindowInSeconds", 0, 0, 300);
  const responseTypes = (inputs["functionResponseTypes"] ?? []) as string[];
  for (const one of responseTypes) {
    if (one !== "ReportBatchItemFailures")
      refuse(`\`functionResponseTypes\` has "${one}"; only ReportBatchItemFailures is possible.`);
  }
  const destinationArn = (inputs["destinationConfig"] as { onFailure?: { destinationArn?: string } } | undefined)
    ?.onFailure?.destinationArn;
  if (destinationArn !== undefined && !/^arn:aws[\w-]*:(sqs|sns):/.test(destinationArn)) {
    refuse("only a queue or a topic is emulated as on-failure destination.");
  }
  if (destinationArn?.endsWith(".fifo")) refuse("the on-failure destination must be a standard queue or topic.");
  const filters = (inputs["filterCriteria"] as { filters?: { pattern?: string }[] } | undefined)?.filters ?? [];
  if (filters.length > 10) refuse(`\`filterCriteria\` has ${filters.length} filters; at most 10 are possible.`);
  const functionName = String(inputs["functionName"] ?? inputs["functionArn"] ?? refuse("`functionName` is missing."));
  const target = resourcesOfType(deployment, "aws:lambda/function:Function").find(({ outputs }) =>
    [outputs["name"], outputs["arn"]].some((one) => one === functionName),
  );
  const maximumRecordAgeSeconds = whole("maximumRecordAgeInSeconds", -1, -1, 604_800);
  if (maximumRecordAgeSeconds >= 0 && maximumRecordAgeSeconds < 60) {
    refuse("`maximumRecordAgeInSeconds` must be -1 or at least 60.");
  }
  return {
    name,
    streamArn: String(inputs["eventSourceArn"]),
    functionName,
    functionArn: String(target?.outputs["arn"] ?? functionName),
    roleArn: target && String(target.outputs["role"]),
    functionTimeoutSeconds: Number(target?.outputs["timeout"] ?? 900),
    startingPosition,
    batchSize,
    batchingWindowMs: windowSeconds * 1000,
    parallelizationFactor: whole("parallelizationFactor", 1, 1, 10),
    patterns: patternsOf(filters, refuse),
    maximumRetryAttempts: whole("maximumRetryAttempts", -1, -1, 10_000),
    maximumRecordAgeSeconds,
    bisects: inputs["bisectBatchOnFunctionError"] === true,
    reportsItemFailures: responseTypes.includes("ReportBatchItemFailures"),
    destinationArn,
  };
}

function patternsOf(filters: { pattern?: string }[], refuse: (sentence: string) => never): StreamMapping["patterns"] {
  try {
    return parsePatterns(filters.map(({ pattern }) => pattern ?? "{}"));
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

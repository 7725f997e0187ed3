import {
  type Architecture,
  type CreateEventSourceMappingCommandInput,
  type EventSourcePosition,
  Lambda,
  type Runtime,
} from "@aws-sdk/client-lambda";
import { zipOf } from "../archive";
import {
  asset,
  type DeployContext,
  type Inputs,
  type Made,
  optionalBoolean,
  optionalNumber,
  optionalRecord,
  optionalText,
  records,
  request,
  type ServiceHandlers,
  tagsOf,
  text,
  texts,
  unavailable,
} from "../handler";
import type { Registration } from "../program";
import { checkArn, checkName, checkOneOf, checkRange, names } from "../rules";

export const lambda: ServiceHandlers = {
  "aws:lambda/function:Function": {
    autoName: { property: "name", maxLength: 64 },
    required: ["role"],
    check: checkFunction,
    async create({ inputs }, context) {
      await context.client(Lambda).createFunction({
        FunctionName: text(inputs, "name"),
        Code: { ZipFile: codeOf(inputs, context) },
        Architectures: texts(inputs, "architectures") as Architecture[],
        Tags: tagsOf(inputs),
        ...configurationOf(inputs),
      });
      return await finish(text(inputs, "name"), inputs, context);
    },
    async update({ inputs }, earlier, context) {
      if (inputs["name"] !== undefined && inputs["name"] !== earlier.id) {
        throw new Error("has another name than the kept one: start with --fresh.");
      }
      const client = context.client(Lambda);
      await client.updateFunctionConfiguration({ FunctionName: earlier.id, ...configurationOf(inputs) });
      await client.updateFunctionCode({ FunctionName: earlier.id, ZipFile: codeOf(inputs, context) });
      return await finish(earlier.id, inputs, context);
    },
    remove: ({ id }, context) => context.client(Lambda).deleteFunction({ FunctionName: id }),
  },
  "aws:lambda/permission:Permission": {
    autoName: { property: "statementId", maxLength: 100 },
    required: ["action", "function", "principal"],
    check: (inputs) => [
      checkName(inputs, "statementId", {
        form: /^[A-Za-z0-9_-]+$/,
        maxLength: 100,
        allowed: "letters, digits, - and _",
      }),
      !/^(lambda:(\*|\w+))$/.test(String(inputs["action"])) &&
        `The action ${String(inputs["action"])} is not one of Lambda's.`,
      checkArn(inputs, "sourceArn"),
    ],
    async create({ inputs }, context) {
      await context.client(Lambda).addPermission(
        request(inputs, ["statementId", "action", "principal", "sourceArn", "sourceAccount"], {
          FunctionName: text(inputs, "function"),
        }),
      );
      return { id: text(inputs, "statementId") };
    },
    remove: ({ inputs }, context) =>
      context.client(Lambda).removePermission({
        FunctionName: text(inputs, "function"),
        StatementId: text(inputs, "statementId"),
      }),
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": {
    required: ["functionName"],
    check: checkMapping,
    create: createMapping,
    async remove({ id, outputs }, context) {
      if (isStream(outputs)) return;
      await context.client(Lambda).deleteEventSourceMapping({ UUID: id });
    },
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    required: ["functionName"],
    check: (inputs) => [
      ...checkRange(inputs, "maximumRetryAttempts", 0, 2),
      ...checkRange(inputs, "maximumEventAgeInSeconds", 60, 21_600),
    ],
    async create({ inputs }, context) {
      const destination = optionalRecord(inputs, "destinationConfig") ?? {};
      const onFailure = optionalRecord(destination, "onFailure");
      const onSuccess = optionalRecord(destination, "onSuccess");
      await context.client(Lambda).putFunctionEventInvokeConfig({
        FunctionName: text(inputs, "functionName"),
        Qualifier: optionalText(inputs, "qualifier"),
        MaximumRetryAttempts: optionalNumber(inputs, "maximumRetryAttempts"),
        MaximumEventAgeInSeconds: optionalNumber(inputs, "maximumEventAgeInSeconds"),
        DestinationConfig: {
          OnFailure: onFailure && { Destination: text(onFailure, "destination") },
          OnSuccess: onSuccess && { Destination: text(onSuccess, "destination") },
        },
      });
      const qualifier = optionalText(inputs, "qualifier");
      return { id: qualifier ? `${text(inputs, "functionName")}:${qualifier}` : text(inputs, "functionName") };
    },
    remove: ({ inputs }, context) =>
      context.client(Lambda).deleteFunctionEventInvokeConfig(request(inputs, ["functionName", "qualifier"])),
  },
  "aws:lambda/invocation:Invocation": {
    required: ["functionName", "input"],
    create: invoke,
    // The provider's default: invoke again when the input or one of the triggers changes.
    update: async (resource, _earlier, context) => await invoke(resource, context),
    async remove() {},
  },
  "aws:lambda/alias:Alias": {
    autoName: { property: "name", maxLength: 128 },
    required: ["functionName", "functionVersion"],
    check: (inputs) =>
      checkName(inputs, "name", {
        form: /^(?!\d+$)[A-Za-z0-9_-]+$/,
        maxLength: 128,
        allowed: "letters, digits, - and _, not digits alone",
      }),
    async create({ inputs }, context) {
      const made = await context
        .client(Lambda)
        .createAlias(request(inputs, ["functionName", "name", "functionVersion", "description"]));
      return aliasOf(made.AliasArn ?? "", context);
    },
    async update({ inputs }, earlier, context) {
      const made = await context
        .client(Lambda)
        .updateAlias(request(inputs, ["functionName", "functionVersion"], { Name: text(earlier.outputs, "name") }));
      return aliasOf(made.AliasArn ?? "", context);
    },
    remove: ({ outputs }, context) =>
      context.client(Lambda).deleteAlias({ FunctionName: text(outputs, "functionName"), Name: text(outputs, "name") }),
  },
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": unavailable(
    "Environments are started when they are needed here: a first call is a cold start.",
    ({ inputs }) => ({ id: `${text(inputs, "functionName")},${text(inputs, "qualifier")}` }),
  ),
};

async function invoke({ inputs }: Pick<Registration, "inputs">, context: DeployContext): Promise<Made> {
  const FunctionName = text(inputs, "functionName");
  const answer = await context.client(Lambda).invoke({ FunctionName, Payload: text(inputs, "input") });
  const result = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError) throw new Error(`calls ${FunctionName}, which failed: ${result}`);
  return { id: `${FunctionName}_$LATEST`, outputs: { result } };
}

function aliasOf(arn: string, context: DeployContext): Made {
  return { id: arn, outputs: { arn, invokeArn: invokeArn(arn, context) } };
}

function invokeArn(arn: string, { region }: DeployContext): string {
  return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
}

/** Environment variables that Lambda reserves. */
const reserved =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWS_XRAY_.*|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)$/;

function checkFunction(inputs: Inputs): string[] {
  const faults = [
    ...checkName(inputs, "name", names.function),
    ...checkArn(inputs, "role"),
    ...checkRange(inputs, "timeout", 1, 900),
    ...checkRange(inputs, "memorySize", 128, 10_240),
    ...checkOneOf(inputs, "packageType", ["Zip"]),
  ];
  if (!asset(inputs, "code")) faults.push(`The argument "code" is missing, or is not a file.`);
  for (const required of ["handler", "runtime"]) {
    if (inputs[required] === undefined) faults.push(`The argument "${required}" is missing.`);
  }
  if (typeof inputs["runtime"] === "string" && !/^nodejs(22|24)\.x$/.test(inputs["runtime"])) {
    faults.push(`The local run has no runtime ${inputs["runtime"]}: it runs nodejs22.x and nodejs24.x.`);
  }
  const variables = Object.entries(optionalRecord(optionalRecord(inputs, "environment") ?? {}, "variables") ?? {});
  for (const [name, value] of variables) {
    if (!/^[A-Za-z][A-Za-z0-9_]+$/.test(name))
      faults.push(`The environment variable ${name} has a name that Lambda does not accept.`);
    if (reserved.test(name)) faults.push(`The environment variable ${name} is reserved by Lambda.`);
    if (typeof value !== "string")
      faults.push(`The environment variable ${name} is ${JSON.stringify(value)}, not a string.`);
  }
  const size = variables.reduce((length, [name, value]) => length + name.length + String(value).length, 0);
  if (size > 4096) faults.push(`The environment has ${size} characters; Lambda allows 4,096.`);
  return faults;
}

function configurationOf(inputs: Inputs) {
  const deadLetter = optionalRecord(inputs, "deadLetterConfig");
  const tracing = optionalRecord(inputs, "tracingConfig");
  const environment = optionalRecord(optionalRecord(inputs, "environment") ?? {}, "variables") ?? {};
  return {
    Role: text(inputs, "role"),
    Handler: text(inputs, "handler"),
    Runtime: text(inputs, "runtime") as Runtime,
    Description: optionalText(inputs, "description"),
    Timeout: optionalNumber(inputs, "timeout") ?? 3,
    MemorySize: optionalNumber(inputs, "memorySize") ?? 128,
    Environment: { Variables: environment as Record<string, string> },
    DeadLetterConfig: deadLetter && { TargetArn: text(deadLetter, "targetArn") },
    TracingConfig: tracing && { Mode: text(tracing, "mode") as "Active" | "PassThrough" },
  };
}

function codeOf(inputs: Inputs, context: DeployContext): Buffer {
  const code = asset(inputs, "code");
  if (code === undefined) throw new Error(`needs the argument "code".`);
  const bytes = zipOf(code, context.directory);
  if (bytes.length > 50 * 1024 * 1024)
    throw new Error("has more than the 50 MB of zipped code that Lambda takes directly.");
  return bytes;
}

async function finish(FunctionName: string, inputs: Inputs, context: DeployContext): Promise<Made> {
  const client = context.client(Lambda);
  const reservedConcurrency = optionalNumber(inputs, "reservedConcurrentExecutions");
  if (reservedConcurrency !== undefined && reservedConcurrency >= 0) {
    await client.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: reservedConcurrency });
  }
  const { Configuration: made } = await client.getFunction({ FunctionName });
  const arn = made?.FunctionArn ?? "";
  const published = optionalBoolean(inputs, "publish") ? await client.publishVersion({ FunctionName }) : undefined;
  const version = published?.Version ?? "$LATEST";
  return {
    id: FunctionName,
    outputs: {
      arn,
      invokeArn: invokeArn(arn, context),
      qualifiedArn: `${arn}:${version}`,
      qualifiedInvokeArn: invokeArn(`${arn}:${version}`, context),
      version,
      lastModified: made?.LastModified,
      codeSha256: made?.CodeSha256,
      sourceCodeSize: made?.CodeSize,
      timeout: made?.Timeout,
      memorySize: made?.MemorySize,
    },
  };
}

function isStream(inputs: Inputs): boolean {
  return String(inputs["eventSourceArn"]).includes(":dynamodb:");
}

function checkMapping(inputs: Inputs): string[] {
  const faults = [...checkArn(inputs, "eventSourceArn")];
  if (inputs["eventSourceArn"] === undefined) faults.push(`The argument "eventSourceArn" is missing.`);
  if (isStream(inputs)) {
    faults.push(
      ...checkRange(inputs, "batchSize", 1, 10_000),
      ...checkRange(inputs, "maximumRetryAttempts", -1, 10_000),
      ...checkRange(inputs, "parallelizationFactor", 1, 10),
      ...checkOneOf(inputs, "startingPosition", ["LATEST", "TRIM_HORIZON"]),
    );
    if (inputs["startingPosition"] === undefined) faults.push("A stream's mapping needs its startingPosition.");
  } else {
    const isFifo = String(inputs["eventSourceArn"]).endsWith(".fifo");
    faults.push(...checkRange(inputs, "batchSize", 1, isFifo ? 10 : 10_000));
    for (const key of [
      "startingPosition",
      "bisectBatchOnFunctionError",
      "maximumRetryAttempts",
      "parallelizationFactor",
    ]) {
      if (inputs[key] !== undefined) faults.push(`A queue's mapping cannot have ${key}.`);
    }
    if (Number(inputs["batchSize"] ?? 10) > 10 && !(Number(inputs["maximumBatchingWindowInSeconds"]) >= 1)) {
      faults.push("A batchSize over 10 needs a maximumBatchingWindowInSeconds of at least 1.");
    }
  }
  for (const filter of records(optionalRecord(inputs, "filterCriteria") ?? {}, "filters")) {
    const pattern = filter["pattern"];
    try {
      JSON.parse(String(pattern));
    } catch {
      faults.push(`The filter ${String(pattern)} is not JSON.`);
    }
  }
  return faults;
}

/** Event source mappings: the emulator polls queues; local/aws/eventSources reads streams, because the emulator ignores retries, bisection and partial batches. */
async function createMapping({ urn, inputs }: Registration, context: DeployContext): Promise<Made> {
  const functionName = text(inputs, "functionName");
  const client = context.client(Lambda);
  const { Configuration: mapped } = await client.getFunction({ FunctionName: functionName });
  const functionArn = mapped?.FunctionArn;
  if (isStream(inputs)) return { id: urn, outputs: { functionArn, uuid: urn, state: "Enabled" } };
  const scaling = optionalRecord(inputs, "scalingConfig");
  const request: CreateEventSourceMappingCommandInput = {
    FunctionName: functionName,
    EventSourceArn: text(inputs, "eventSourceArn"),
    BatchSize: optionalNumber(inputs, "batchSize"),
    Enabled: optionalBoolean(inputs, "enabled"),
    MaximumBatchingWindowInSeconds: optionalNumber(inputs, "maximumBatchingWindowInSeconds"),
    FunctionResponseTypes: texts(inputs, "functionResponseTypes") as "ReportBatchItemFailures"[],
    StartingPosition: optionalText(inputs, "startingPosition") as EventSourcePosition | undefined,
    FilterCriteria: inputs["filterCriteria"]
      ? {
          Filters: records(optionalRecord(inputs, "filterCriteria") ?? {}, "filters").map((filter) => ({
            Pattern: text(filter, "pattern"),
          })),
        }
      : undefined,
    ScalingConfig: scaling && { MaximumConcurrency: optionalNumber(scaling, "maximumConcurrency") },
  };
  const made = await client.createEventSourceMapping(request);
  return {
    id: made.UUID ?? "",
    outputs: { uuid: made.UUID, functionArn: made.FunctionArn, arn: made.EventSourceMappingArn, state: made.State },
  };
}

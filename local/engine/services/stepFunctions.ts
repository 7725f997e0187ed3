import { type LoggingConfiguration, SFN } from "@aws-sdk/client-sfn";
import {
  type Inputs,
  optionalBoolean,
  optionalRecord,
  optionalText,
  type ServiceHandlers,
  tagsOf,
  text,
} from "../handler";
import { checkArn, checkName, checkOneOf, names } from "../rules";
import { checkDefinition } from "../stateMachine";

export const stepFunctions: ServiceHandlers = {
  "aws:sfn/stateMachine:StateMachine": {
    autoName: { property: "name", maxLength: 80 },
    required: ["definition", "roleArn"],
    check: (inputs) => [
      ...checkName(inputs, "name", names.stateMachine),
      ...checkArn(inputs, "roleArn"),
      ...checkOneOf(inputs, "type", ["STANDARD", "EXPRESS"]),
      ...checkDefinition(inputs["definition"]),
      ...checkLogging(inputs),
    ],
    async create({ inputs }, context) {
      const made = await context.client(SFN).createStateMachine({
        name: text(inputs, "name"),
        type: (optionalText(inputs, "type") ?? "STANDARD") as "STANDARD" | "EXPRESS",
        tags: Object.entries(tagsOf(inputs) ?? {}).map(([key, value]) => ({ key, value })),
        ...settingsOf(inputs),
      });
      const arn = made.stateMachineArn ?? "";
      return {
        id: arn,
        outputs: {
          arn,
          status: "ACTIVE",
          creationDate: made.creationDate?.toISOString(),
          type: inputs["type"] ?? "STANDARD",
        },
      };
    },
    async update({ inputs }, earlier, context) {
      await context.client(SFN).updateStateMachine({ stateMachineArn: earlier.id, ...settingsOf(inputs) });
      return { id: earlier.id, outputs: { ...earlier.outputs, ...inputs } };
    },
    remove: ({ id }, context) => context.client(SFN).deleteStateMachine({ stateMachineArn: id }),
  },
};

function checkLogging(inputs: Inputs): string[] {
  const destination = optionalRecord(inputs, "loggingConfiguration")?.["logDestination"];
  if (destination === undefined || String(destination).endsWith(":*")) return [];
  return [`The logDestination "${String(destination)}" must be a log group's ARN that ends with ":*".`];
}

function settingsOf(inputs: Inputs) {
  const logging = optionalRecord(inputs, "loggingConfiguration");
  const tracing = optionalRecord(inputs, "tracingConfiguration");
  const loggingConfiguration: LoggingConfiguration | undefined = logging && {
    level: optionalText(logging, "level") as LoggingConfiguration["level"],
    includeExecutionData: optionalBoolean(logging, "includeExecutionData"),
    destinations: logging["logDestination"]
      ? [{ cloudWatchLogsLogGroup: { logGroupArn: text(logging, "logDestination") } }]
      : undefined,
  };
  return {
    definition: text(inputs, "definition"),
    roleArn: text(inputs, "roleArn"),
    loggingConfiguration,
    tracingConfiguration: tracing && { enabled: optionalBoolean(tracing, "enabled") },
  };
}

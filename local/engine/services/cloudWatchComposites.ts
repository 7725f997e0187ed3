import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import {
  type DeployContext,
  type Inputs,
  type Made,
  optionalRecord,
  optionalText,
  type ResourceHandler,
  tagList,
  text,
  texts,
} from "../handler";
import { checkName, names } from "../rules";

/** Composite alarms. The emulator evaluates their rules but has no suppressors. */
export const compositeAlarm: ResourceHandler = {
  required: ["alarmName", "alarmRule"],
  check: (inputs) => [
    ...checkName(inputs, "alarmName", names.alarm),
    ...(String(inputs["alarmRule"]).length > 10_240 ? ["The alarmRule has more than 10,240 characters."] : []),
    ...suppressorFaults(optionalRecord(inputs, "actionsSuppressor")),
  ],
  create: async ({ inputs }, context) => await put(inputs, context),
  update: async ({ inputs }, _earlier, context) => await put(inputs, context),
  async remove({ id }, context) {
    await context.client(CloudWatch).deleteAlarms({ AlarmNames: [id] });
  },
};

function suppressorFaults(suppressor: Inputs | undefined): string[] {
  if (suppressor === undefined) return [];
  return ["alarm", "waitPeriod", "extensionPeriod"]
    .filter((key) => suppressor[key] === undefined)
    .map((key) => `The actionsSuppressor needs its ${key}.`);
}

async function put(inputs: Inputs, context: DeployContext): Promise<Made> {
  const name = text(inputs, "alarmName");
  await context.client(CloudWatch).putCompositeAlarm({
    AlarmName: name,
    AlarmRule: text(inputs, "alarmRule"),
    AlarmDescription: optionalText(inputs, "alarmDescription"),
    AlarmActions: texts(inputs, "alarmActions"),
    OKActions: texts(inputs, "okActions"),
    Tags: tagList(inputs),
  });
  return { id: name, outputs: { arn: `arn:aws:cloudwatch:${context.region}:${context.accountId}:alarm:${name}` } };
}

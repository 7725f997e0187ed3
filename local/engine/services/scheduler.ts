import { type CreateScheduleInput, Scheduler } from "@aws-sdk/client-scheduler";
import {
  type Inputs,
  optionalNumber,
  optionalRecord,
  optionalText,
  request,
  type ServiceHandlers,
  text,
} from "../handler";
import { checkArn, checkName, checkOneOf, names } from "../rules";

export const scheduler: ServiceHandlers = {
  "aws:scheduler/schedule:Schedule": {
    autoName: { property: "name", maxLength: 64 },
    required: ["scheduleExpression", "flexibleTimeWindow", "target"],
    check: checkSchedule,
    async create({ inputs }, context) {
      const { ScheduleArn: arn } = await context.client(Scheduler).createSchedule(scheduleOf(inputs));
      return { id: `${optionalText(inputs, "groupName") ?? "default"}/${text(inputs, "name")}`, outputs: { arn } };
    },
    async update({ inputs }, earlier, context) {
      const { ScheduleArn: arn } = await context.client(Scheduler).updateSchedule(scheduleOf(inputs));
      return { id: earlier.id, outputs: { arn } };
    },
    remove: ({ inputs, outputs }, context) =>
      context
        .client(Scheduler)
        .deleteSchedule({ Name: text(outputs, "name"), GroupName: optionalText(inputs, "groupName") }),
  },
};

function checkSchedule(inputs: Inputs): string[] {
  const expression = String(inputs["scheduleExpression"]);
  const target = optionalRecord(inputs, "target") ?? {};
  const window = optionalRecord(inputs, "flexibleTimeWindow") ?? {};
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  const faults = [
    ...checkName(inputs, "name", names.schedule),
    ...checkArn(target, "arn"),
    ...checkArn(target, "roleArn"),
    ...checkOneOf(window, "mode", ["OFF", "FLEXIBLE"]),
  ];
  if (target["arn"] === undefined || target["roleArn"] === undefined)
    faults.push("The target needs its arn and its roleArn.");
  if (
    !rate &&
    !/^cron\((\S+ ){5}\S+\)$/.test(expression) &&
    !/^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/.test(expression)
  ) {
    faults.push(`The scheduleExpression "${expression}" must be rate(…), cron(…) or at(…).`);
  }
  if (rate && (rate[1] === "1") !== (rate[3] === "")) {
    faults.push(
      `The scheduleExpression is "${expression}"; its unit must be singular with 1 and plural with any other number.`,
    );
  }
  if (window["mode"] === "FLEXIBLE" && window["maximumWindowInMinutes"] === undefined) {
    faults.push("A FLEXIBLE time window needs maximumWindowInMinutes.");
  }
  return faults;
}

function scheduleOf(inputs: Inputs) {
  const target = optionalRecord(inputs, "target") ?? {};
  const window = optionalRecord(inputs, "flexibleTimeWindow") ?? {};
  const retry = optionalRecord(target, "retryPolicy");
  const deadLetter = optionalRecord(target, "deadLetterConfig");
  const same = ["name", "groupName", "description", "scheduleExpression", "scheduleExpressionTimezone", "state"];
  return request<CreateScheduleInput>(inputs, same, {
    FlexibleTimeWindow: {
      Mode: text(window, "mode") as "OFF" | "FLEXIBLE",
      MaximumWindowInMinutes: optionalNumber(window, "maximumWindowInMinutes"),
    },
    Target: {
      Arn: text(target, "arn"),
      RoleArn: text(target, "roleArn"),
      Input: optionalText(target, "input"),
      RetryPolicy: retry && {
        MaximumEventAgeInSeconds: optionalNumber(retry, "maximumEventAgeInSeconds"),
        MaximumRetryAttempts: optionalNumber(retry, "maximumRetryAttempts"),
      },
      DeadLetterConfig: deadLetter && { Arn: text(deadLetter, "arn") },
    },
  });
}

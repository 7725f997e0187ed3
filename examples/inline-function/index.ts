import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { HttpApi } from "../../components/infrastructure";
import { count, resetCount, visit, visits } from "./functions";

// A page that counts its visitors through a queue, and a schedule that resets the count each night.

const api = new HttpApi("counter", { routes: { "GET /": { function: visit } } });

new aws.lambda.EventSourceMapping("count", {
  eventSourceArn: visits.arn,
  functionName: count.arn,
  batchSize: 10,
  functionResponseTypes: ["ReportBatchItemFailures"],
});

const scheduler = new aws.iam.Role("scheduler", {
  assumeRolePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "scheduler.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
});
new aws.iam.RolePolicy("scheduler", {
  role: scheduler.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: resetCount.arn }],
  }),
});
new aws.scheduler.Schedule("nightly", {
  scheduleExpression: "cron(0 0 * * ? *)",
  flexibleTimeWindow: { mode: "OFF" },
  target: { arn: resetCount.arn, roleArn: scheduler.arn },
});

/** Address of the page. */
export const url = api.url;
/** Name of the function that the schedule calls. */
export const reset = resetCount.name;

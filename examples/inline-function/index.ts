import * as aws from "@pulumi/aws";
import { resetCount, visit } from "./functions";

// A page that counts its visitors, and a schedule that resets the count each night.

const api = new aws.apigatewayv2.Api("counter", { protocolType: "HTTP" });
const integration = new aws.apigatewayv2.Integration("visit", {
  apiId: api.id,
  integrationType: "AWS_PROXY",
  integrationUri: visit.invokeArn,
  payloadFormatVersion: "2.0",
});
new aws.apigatewayv2.Route("visit", {
  apiId: api.id,
  routeKey: "GET /",
  target: integration.id.apply((id) => `integrations/${id}`),
});
new aws.apigatewayv2.Stage("default", { apiId: api.id, name: "$default", autoDeploy: true });
new aws.lambda.Permission("visit", {
  action: "lambda:InvokeFunction",
  function: visit.name,
  principal: "apigateway.amazonaws.com",
  sourceArn: api.executionArn.apply((arn) => `${arn}/*`),
});

const nightly = new aws.cloudwatch.EventRule("nightly", { scheduleExpression: "cron(0 0 * * ? *)" });
new aws.cloudwatch.EventTarget("nightly", { rule: nightly.name, arn: resetCount.arn });
new aws.lambda.Permission("nightly", {
  action: "lambda:InvokeFunction",
  function: resetCount.name,
  principal: "events.amazonaws.com",
  sourceArn: nightly.arn,
});

/** Address of the page. */
export const url = api.apiEndpoint;

import type { ResourceHandler, ServiceHandlers } from "../handler";

// Loaded at the first resource of the service, because each loads its own AWS SDK client.
const services: Record<string, () => ServiceHandlers> = {
  "aws:acm/": () => (require("./acm") as typeof import("./acm")).acm,
  "aws:apigatewayv2/apiMapping": () => (require("./apiDomains") as typeof import("./apiDomains")).apiDomains,
  "aws:apigatewayv2/domainName": () => (require("./apiDomains") as typeof import("./apiDomains")).apiDomains,
  "aws:apigatewayv2/": () => (require("./apiGateway") as typeof import("./apiGateway")).apiGateway,
  "aws:backup/": () => (require("./backup") as typeof import("./backup")).backup,
  "aws:cloudfront/": () => (require("./cloudFront") as typeof import("./cloudFront")).cloudFront,
  "aws:cloudtrail/": () => (require("./cloudTrail") as typeof import("./cloudTrail")).cloudTrail,
  "aws:cloudwatch/": () => (require("./cloudWatch") as typeof import("./cloudWatch")).cloudWatch,
  "aws:codebuild/": () => (require("./releases") as typeof import("./releases")).releases,
  "aws:codeconnections/": () => (require("./releases") as typeof import("./releases")).releases,
  "aws:codepipeline/": () => (require("./releases") as typeof import("./releases")).releases,
  "aws:cognito/": () => (require("./cognito") as typeof import("./cognito")).cognito,
  "aws:costexplorer/": () => (require("./costExplorer") as typeof import("./costExplorer")).costExplorer,
  "aws:dynamodb/": () => (require("./dynamoDb") as typeof import("./dynamoDb")).dynamoDb,
  "aws:iam/": () => (require("./iam") as typeof import("./iam")).iam,
  "aws:kms/": () => (require("./kms") as typeof import("./kms")).kms,
  "aws:lambda/": () => (require("./lambda") as typeof import("./lambda")).lambda,
  "aws:opensearch/": () => (require("./openSearch") as typeof import("./openSearch")).openSearch,
  "aws:route53/": () => (require("./route53") as typeof import("./route53")).route53,
  "aws:s3/bucketReplicationConfig": () =>
    (require("./s3Replication") as typeof import("./s3Replication")).s3Replication,
  "aws:s3/": () => (require("./s3") as typeof import("./s3")).s3,
  "aws:scheduler/": () => (require("./scheduler") as typeof import("./scheduler")).scheduler,
  "aws:sesv2/": () => (require("./ses") as typeof import("./ses")).ses,
  "aws:sfn/": () => (require("./stepFunctions") as typeof import("./stepFunctions")).stepFunctions,
  "aws:sns/": () => (require("./sns") as typeof import("./sns")).sns,
  "aws:sqs/": () => (require("./sqs") as typeof import("./sqs")).sqs,
  "aws:ssm/": () => (require("./ssm") as typeof import("./ssm")).ssm,
  "aws:wafv2/": () => (require("./waf") as typeof import("./waf")).waf,
};

/**
 * Returns the handler of a resource type.
 *
 * @throws {Error} that names a type without a handler.
 */
export function handlerOf(type: string): ResourceHandler {
  const [, service] = Object.entries(services).find(([prefix]) => type.startsWith(prefix)) ?? [];
  const handler = service?.()[type];
  if (handler === undefined) {
    throw new Error(
      `is of a type that the local run does not know, "${type}": add it to local/engine/services, or name there why it is not emulated.`,
    );
  }
  return handler;
}

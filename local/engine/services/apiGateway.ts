import { ApiGatewayV2, type Cors, type UpdateApiRequest } from "@aws-sdk/client-apigatewayv2";
import {
  type Inputs,
  optionalBoolean,
  optionalNumber,
  optionalRecord,
  optionalText,
  pascal,
  request,
  type ServiceHandlers,
  tagsOf,
  text,
  texts,
} from "../handler";
import { checkName, checkOneOf, checkRange, names } from "../rules";

export const apiGateway: ServiceHandlers = {
  "aws:apigatewayv2/api:Api": {
    autoName: { property: "name", maxLength: 128 },
    required: ["protocolType"],
    check: (inputs) => [
      checkName(inputs, "name", names.api),
      checkOneOf(inputs, "protocolType", ["HTTP"]),
      inputs["body"] !== undefined && "The local run makes routes from Route resources, not from an OpenAPI body.",
    ],
    async create({ inputs }, context) {
      const made = await context
        .client(ApiGatewayV2)
        .createApi({ ProtocolType: "HTTP", Tags: tagsOf(inputs), ...apiSettings(inputs) });
      const id = made.ApiId ?? "";
      return {
        id,
        outputs: {
          // AWS's form: functions and the edge need no knowledge of the local address.
          apiEndpoint: `https://${id}.execute-api.${context.region}.amazonaws.com`,
          arn: `arn:aws:apigateway:${context.region}::/apis/${id}`,
          executionArn: `arn:aws:execute-api:${context.region}:${context.accountId}:${id}`,
        },
      };
    },
    async update({ inputs }, earlier, context) {
      await context.client(ApiGatewayV2).updateApi({ ApiId: earlier.id, ...apiSettings(inputs) });
      return { id: earlier.id, outputs: { ...earlier.outputs, ...inputs } };
    },
    remove: ({ id }, context) => context.client(ApiGatewayV2).deleteApi({ ApiId: id }),
  },
  "aws:apigatewayv2/integration:Integration": {
    required: ["apiId", "integrationType"],
    check: (inputs) => [
      checkOneOf(inputs, "integrationType", ["AWS_PROXY", "HTTP_PROXY"]),
      checkOneOf(inputs, "payloadFormatVersion", ["1.0", "2.0"]),
      checkRange(inputs, "timeoutMilliseconds", 50, 30_000),
      typeof inputs["integrationUri"] !== "string" && `The argument "integrationUri" is missing.`,
    ],
    async create({ inputs }, context) {
      const made = await context.client(ApiGatewayV2).createIntegration(
        request(inputs, ["apiId", "integrationType", "integrationUri", "description"], {
          IntegrationMethod: optionalText(inputs, "integrationMethod") ?? "POST",
          PayloadFormatVersion: optionalText(inputs, "payloadFormatVersion") ?? "1.0",
          TimeoutInMillis: optionalNumber(inputs, "timeoutMilliseconds"),
        }),
      );
      return { id: made.IntegrationId ?? "" };
    },
    remove: ({ id, inputs }, context) =>
      context.client(ApiGatewayV2).deleteIntegration({ ApiId: text(inputs, "apiId"), IntegrationId: id }),
  },
  "aws:apigatewayv2/authorizer:Authorizer": {
    autoName: { property: "name", maxLength: 128 },
    required: ["apiId", "authorizerType"],
    check: (inputs) => [
      checkName(inputs, "name", names.api),
      checkOneOf(inputs, "authorizerType", ["REQUEST", "JWT"]),
      checkRange(inputs, "authorizerResultTtlInSeconds", 0, 3600),
      inputs["authorizerType"] === "REQUEST" &&
        inputs["authorizerPayloadFormatVersion"] === undefined &&
        "A REQUEST authorizer of an HTTP API needs its authorizerPayloadFormatVersion.",
    ],
    async create({ inputs }, context) {
      const jwt = optionalRecord(inputs, "jwtConfiguration");
      const same = ["apiId", "name", "authorizerType", "authorizerUri", "authorizerPayloadFormatVersion"];
      const made = await context.client(ApiGatewayV2).createAuthorizer(
        request(inputs, same, {
          AuthorizerResultTtlInSeconds: optionalNumber(inputs, "authorizerResultTtlInSeconds"),
          EnableSimpleResponses: optionalBoolean(inputs, "enableSimpleResponses"),
          IdentitySource: texts(inputs, "identitySources"),
          JwtConfiguration: jwt && { Issuer: optionalText(jwt, "issuer"), Audience: texts(jwt, "audiences") },
        }),
      );
      return { id: made.AuthorizerId ?? "" };
    },
    remove: ({ id, inputs }, context) =>
      context.client(ApiGatewayV2).deleteAuthorizer({ ApiId: text(inputs, "apiId"), AuthorizerId: id }),
  },
  "aws:apigatewayv2/route:Route": {
    required: ["apiId", "routeKey"],
    check: (inputs) => [
      checkOneOf(inputs, "authorizationType", ["NONE", "CUSTOM", "JWT", "AWS_IAM"]),
      !/^(\$default|(ANY|GET|PUT|POST|PATCH|DELETE|HEAD|OPTIONS) \/[^\s]*)$/.test(String(inputs["routeKey"])) &&
        `The routeKey ${JSON.stringify(inputs["routeKey"])} is not "METHOD /path" nor "$default".`,
      ["CUSTOM", "JWT"].includes(String(inputs["authorizationType"])) &&
        !inputs["authorizerId"] &&
        `The authorizationType ${String(inputs["authorizationType"])} needs an authorizerId.`,
      typeof inputs["target"] === "string" &&
        !inputs["target"].startsWith("integrations/") &&
        `The target "${inputs["target"]}" is not "integrations/ID".`,
    ],
    async create({ inputs }, context) {
      const made = await context.client(ApiGatewayV2).createRoute(
        request(inputs, ["apiId", "routeKey", "target", "authorizationType", "authorizerId", "operationName"], {
          AuthorizationScopes: inputs["authorizationScopes"] ? texts(inputs, "authorizationScopes") : undefined,
        }),
      );
      return { id: made.RouteId ?? "" };
    },
    remove: ({ id, inputs }, context) =>
      context.client(ApiGatewayV2).deleteRoute({ ApiId: text(inputs, "apiId"), RouteId: id }),
  },
  "aws:apigatewayv2/stage:Stage": {
    required: ["apiId"],
    autoName: { property: "name", maxLength: 128 },
    check: (inputs) =>
      checkName(inputs, "name", {
        form: /^(\$default|[A-Za-z0-9_-]+)$/,
        maxLength: 128,
        allowed: "letters, digits, - and _, or $default",
      }),
    async create({ inputs }, context) {
      const apiId = text(inputs, "apiId");
      const name = text(inputs, "name");
      const defaults = optionalRecord(inputs, "defaultRouteSettings");
      const accessLog = optionalRecord(inputs, "accessLogSettings");
      await context.client(ApiGatewayV2).createStage({
        ApiId: apiId,
        StageName: name,
        AutoDeploy: optionalBoolean(inputs, "autoDeploy"),
        Description: optionalText(inputs, "description"),
        StageVariables: optionalRecord(inputs, "stageVariables") as Record<string, string> | undefined,
        DefaultRouteSettings: defaults && {
          ThrottlingBurstLimit: optionalNumber(defaults, "throttlingBurstLimit"),
          ThrottlingRateLimit: optionalNumber(defaults, "throttlingRateLimit"),
          DetailedMetricsEnabled: optionalBoolean(defaults, "detailedMetricsEnabled"),
        },
        AccessLogSettings: accessLog && request(accessLog, ["destinationArn", "format"]),
        Tags: tagsOf(inputs),
      });
      const host = `${apiId}.execute-api.${context.region}.amazonaws.com`;
      return {
        id: name,
        outputs: {
          arn: `arn:aws:apigateway:${context.region}::/apis/${apiId}/stages/${name}`,
          invokeUrl: name === "$default" ? `https://${host}/` : `https://${host}/${name}`,
          executionArn: `arn:aws:execute-api:${context.region}:${context.accountId}:${apiId}/${name}`,
        },
      };
    },
    remove: ({ id, inputs }, context) =>
      context.client(ApiGatewayV2).deleteStage({ ApiId: text(inputs, "apiId"), StageName: id }),
  },
};

function apiSettings(inputs: Inputs) {
  return request<Omit<UpdateApiRequest, "ApiId"> & { Name: string }>(inputs, ["name", "description", "version"], {
    CorsConfiguration: pascal(inputs["corsConfiguration"]) as Cors | undefined,
    DisableExecuteApiEndpoint: optionalBoolean(inputs, "disableExecuteApiEndpoint"),
  });
}

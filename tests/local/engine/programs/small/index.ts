import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// A table, a function that may only put into it, an HTTP API in front, and a state machine that calls it.
const config = new pulumi.Config();

class Notes extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  readonly machineArn: pulumi.Output<string>;
  readonly tableName: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Notes", name, {}, opts);
    const parent = { parent: this };
    const table = new aws.dynamodb.Table(
      `${name}-table`,
      {
        attributes: [{ name: "id", type: "S" }],
        hashKey: "id",
        billingMode: "PAY_PER_REQUEST",
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
      },
      parent,
    );
    const role = new aws.iam.Role(`${name}-role`, { assumeRolePolicy: trust("lambda.amazonaws.com") }, parent);
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.id,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["dynamodb:PutItem"], Resource: [table.arn] }],
        }),
      },
      parent,
    );
    const put = new aws.lambda.Function(
      `${name}-put`,
      {
        runtime: aws.lambda.Runtime.NodeJS24dX,
        handler: "handler.handler",
        role: role.arn,
        timeout: 10,
        code: new pulumi.asset.FileArchive("./function"),
        environment: { variables: { TABLE: table.name, GREETING: config.require("greeting") } },
      },
      { parent: this, dependsOn: [policy] },
    );
    const api = new aws.apigatewayv2.Api(`${name}-api`, { protocolType: "HTTP" }, parent);
    const integration = new aws.apigatewayv2.Integration(
      `${name}-integration`,
      { apiId: api.id, integrationType: "AWS_PROXY", integrationUri: put.invokeArn, payloadFormatVersion: "2.0" },
      parent,
    );
    new aws.apigatewayv2.Route(
      `${name}-route`,
      { apiId: api.id, routeKey: "POST /notes/{id}", target: pulumi.interpolate`integrations/${integration.id}` },
      parent,
    );
    const stage = new aws.apigatewayv2.Stage(
      `${name}-stage`,
      { apiId: api.id, name: "$default", autoDeploy: true },
      parent,
    );
    new aws.lambda.Permission(
      `${name}-permission`,
      {
        action: "lambda:InvokeFunction",
        function: put.name,
        principal: "apigateway.amazonaws.com",
        sourceArn: pulumi.interpolate`${api.executionArn}/*`,
      },
      parent,
    );
    const machineRole = new aws.iam.Role(
      `${name}-machine-role`,
      { assumeRolePolicy: trust("states.amazonaws.com") },
      parent,
    );
    const machine = new aws.sfn.StateMachine(
      `${name}-machine`,
      {
        roleArn: machineRole.arn,
        definition: pulumi.jsonStringify({
          QueryLanguage: "JSONata",
          StartAt: "Put",
          States: {
            Put: {
              Type: "Task",
              Resource: "arn:aws:states:::lambda:invoke",
              Arguments: { FunctionName: put.arn, Payload: "{% $states.input %}" },
              Output: "{% $states.result.Payload %}",
              Catch: [{ ErrorEquals: ["NoteRefused"], Next: "Refused" }],
              End: true,
            },
            Refused: { Type: "Pass", Output: { refused: true }, End: true },
          },
        }),
      },
      parent,
    );
    this.url = stage.invokeUrl;
    this.machineArn = machine.arn;
    this.tableName = table.name;
    this.functionName = put.name;
    this.registerOutputs({ url: this.url });
  }
}

function trust(service: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
  });
}

const notes = new Notes("notes");
export const url = notes.url;
export const machineArn = notes.machineArn;
export const tableName = notes.tableName;
export const functionName = notes.functionName;
export const token = pulumi.secret("quiet");

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountIdOf, createServiceRole } from "../../infrastructure/serviceRole";
import { allow, InlineFunction, reference, when } from "../../inlineFunction";
import type { RegionStateTable } from "../../regionalFailover";
import { documentClient, setting } from "../handlers/clients";
import { publishIssuer, retryPatiently } from "../handlers/publishIssuer";
import type { Customers } from "../resources/userPool";

/** Minutes between two publications: how long the other Regions may not know of a new key. */
const PUBLISH_EVERY_MINUTES = 15;

/** Writes this Region's issuer into the table that all Regions share: at each change of it, and on a schedule, since a pool's keys may change. */
export function issuerPublisher(
  name: string,
  regions: RegionStateTable,
  { region, settings, trusted }: Customers,
  logRetentionDays: number | undefined,
  parent: pulumi.Resource,
) {
  const item = pulumi.jsonStringify({ region, settings, trusted });
  const publisher = new InlineFunction(
    `${name}-publisher`,
    {
      description: "Tells the other Regions whose tokens this one gives out, and by which keys they know them.",
      environment: { REGION_STATE: regions.tableName, ISSUER_ITEM: item },
      grants: [
        // Whoever could write another Region's issuer could sign in as anybody.
        when(allow(reference("dynamodb:table", regions.tableArn), "dynamodb:PutItem"), {
          "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": region.apply((own) => [own]) },
        }),
      ],
      timeoutSeconds: 60,
      logRetentionDays,
      callbackFactory: () => {
        const publishing = {
          client: documentClient(),
          tableName: setting("REGION_STATE"),
          ...JSON.parse(setting("ISSUER_ITEM")),
        };
        return () => retryPatiently(() => publishIssuer(publishing));
      },
    },
    { parent },
  );
  const { role, policy } = createServiceRole(
    `${name}-publish`,
    "scheduler.amazonaws.com",
    accountIdOf(parent),
    [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: publisher.arn }],
    parent,
  );
  const schedule = new aws.scheduler.Schedule(
    `${name}-publish`,
    {
      scheduleExpression: `rate(${PUBLISH_EVERY_MINUTES} minutes)`,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: publisher.arn,
        roleArn: role.arn,
        // The next run comes soon and does the same.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    },
    { parent, dependsOn: [policy] },
  );
  const first = new aws.lambda.Invocation(
    `${name}-publish`,
    { functionName: publisher.name, input: "{}", triggers: { item } },
    { parent, dependsOn: [publisher] },
  );
  return { publisher, schedule, first };
}

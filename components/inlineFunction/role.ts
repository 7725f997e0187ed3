import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allowEverywhere, type Grant } from "./grants";

/** Grants that every function has: writing to its own log group, sending traces, and with a VPC its network interfaces. */
export function baseGrants(logGroup: aws.cloudwatch.LogGroup, inVpc: boolean): Grant[] {
  const grants: Grant[] = [
    { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [pulumi.interpolate`${logGroup.arn}:*`] },
    allowEverywhere("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
  ];
  if (inVpc)
    grants.push(
      allowEverywhere(
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
      ),
    );
  return grants;
}

/** Policy document with exactly these grants. A grant with exceptions names those instead of its resources. */
export function policyOf(grants: readonly Grant[]): pulumi.Output<string> {
  return pulumi
    .all(grants.map((g) => pulumi.all({ resources: [...g.resources], condition: g.condition })))
    .apply((known) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: known.map(({ resources, condition }, i) => ({
          Effect: "Allow",
          Action: grants[i]?.actions,
          ...(grants[i]?.except ? { NotResource: grants[i].except } : { Resource: resources }),
          ...(condition && { Condition: condition }),
        })),
      }),
    );
}

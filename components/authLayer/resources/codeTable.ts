import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Creates the table of sign-in codes. A code belongs to one Region, so the table has no replicas. */
export function createCodeTable(name: string, parent: pulumi.Resource): aws.dynamodb.Table {
  return new aws.dynamodb.Table(
    `${name}-codes`,
    {
      billingMode: "PAY_PER_REQUEST",
      hashKey: "id",
      attributes: [{ name: "id", type: "S" }],
      ttl: { enabled: true, attributeName: "expiresAt" },
      serverSideEncryption: { enabled: true },
      // A code expires after some minutes.
      pointInTimeRecovery: { enabled: false },
    },
    { parent },
  );
}

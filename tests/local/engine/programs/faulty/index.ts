import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// A program with one mistake, which the setting "mode" chooses.
const mode = new pulumi.Config().require("mode");

if (mode === "missing setting") throw new pulumi.RunError('The setting "faulty:colour" is missing.');
if (mode === "defect") (undefined as unknown as { length: number }).length.toFixed();
if (mode === "bad name") new aws.s3.Bucket("site", { bucket: "Not_A_Bucket" });
if (mode === "unknown type")
  new aws.glue.Job("sums", { roleArn: "arn:aws:iam::000000000000:role/r", command: { scriptLocation: "s3://a/b" } });
if (mode === "unknown function") aws.glue.getScriptOutput({ dagEdges: [], dagNodes: [] });
if (mode === "other Region") new aws.s3.Bucket("site", { region: "eu-west-1" });
if (mode === "lookup") aws.s3.Bucket.get("site", "a-bucket");
if (mode === "other stack") new pulumi.StackReference("organization/faulty/prod-east");
if (mode === "not here") {
  new aws.lambda.ProvisionedConcurrencyConfig("warm", {
    functionName: "f",
    qualifier: "live",
    provisionedConcurrentExecutions: 1,
  });
}

export const answer = pulumi.secret(pulumi.output({ mode, list: [pulumi.output(1)] }));

import * as pulumi from "@pulumi/pulumi";
import { DeliveryPipeline } from "../components/deliveryPipeline";

const config = new pulumi.Config();

const release = new DeliveryPipeline("release", {
  source: {
    connectionArn: config.require("connectionArn"),
    repository: config.require("repository"),
    branch: config.get("branch"),
  },
  state: {
    backendUrl: config.require("backendUrl"),
    bucketArn: config.get("stateBucketArn"),
    secretsKeyArn: config.get("secretsKeyArn"),
  },
  approvalTopicArn: config.get("approvalTopicArn"),
  bakeMinutes: config.getNumber("bakeMinutes"),
});

/** Name of the pipeline. */
export const pipeline = release.pipeline.name;

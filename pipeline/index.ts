import * as pulumi from "@pulumi/pulumi";
import { DeliveryPipeline, type Environment, EnvironmentRoles } from "../components/deliveryPipeline";

const config = new pulumi.Config();

/** Environment whose roles this stack creates, in its account; without it, the stack creates the pipeline. */
const environment = config.get<Environment>("environment", { allowedValues: ["development", "production"] });

export const outputs = environment ? environmentRoles(environment) : pipeline();

function environmentRoles(which: Environment) {
  const { boundaryArn } = new EnvironmentRoles(which, {
    environment: which,
    pipelineAccountId: config.require("pipelineAccountId"),
    stacks: which === "production" ? ["prod-east", "prod-west"] : ["dev"],
    stateBucketArn: config.get("stateBucketArn"),
    secretsKeyArn: config.get("secretsKeyArn"),
  });
  return { boundaryArn };
}

function pipeline() {
  const stateOf = (which: Environment) => ({
    accountId: config.require(`${which}AccountId`),
    backendUrl: config.require(`${which}BackendUrl`),
  });
  const release = new DeliveryPipeline("release", {
    source: {
      connectionArn: config.require("connectionArn"),
      repository: config.require("repository"),
      branch: config.get("branch"),
    },
    environments: { development: stateOf("development"), production: stateOf("production") },
    image: config.require("image"),
    approvalTopicArn: config.get("approvalTopicArn"),
    bakeMinutes: config.getNumber("bakeMinutes"),
  });
  return { pipeline: release.pipeline.name };
}

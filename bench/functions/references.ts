import { createHmac } from "node:crypto";
import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Client } from "@opensearch-project/opensearch";
import { AwsSigv4Signer } from "@opensearch-project/opensearch/aws";
import * as pulumi from "@pulumi/pulumi";
import Ajv from "ajv/dist/2020";
import { CognitoJwtVerifier } from "aws-jwt-verify";

/** Makes this file load Pulumi, like a program with closures beside its resources. */
export const currency = pulumi.output("EUR");

/** Typical handlers. Each completes its first call without a network. */
export const references = {
  hello: {
    callbackFactory: () => async (event: { name?: string }) => `Hello ${event.name ?? "you"}`,
  },
  signature: {
    callbackFactory: () => async (event: { name?: string }) =>
      createHmac("sha256", "key").update(JSON.stringify(event)).digest("hex"),
  },
  logger: {
    callbackFactory: () => {
      const log = new Logger({ serviceName: "reference", logLevel: "ERROR" });
      return async (event: { name?: string }) => log.debug("called", { event });
    },
  },
  order: {
    callbackFactory: () => {
      const validate = new Ajv().compile({ type: "object" });
      const store = DynamoDBDocumentClient.from(new DynamoDBClient({ region: "eu-central-1" }));
      const workflows = new SFNClient({ region: "eu-central-1" });
      const log = new Logger({ serviceName: "reference", logLevel: "ERROR" });
      return async (event: { name?: string }) => {
        log.debug("called", { event });
        return { valid: validate(event), store: typeof store.send, workflows: typeof workflows.send };
      };
    },
  },
  search: {
    callbackFactory: () => {
      const getCredentials = async () => ({ accessKeyId: "a", secretAccessKey: "b" });
      const client = new Client({
        node: "https://localhost:9200",
        ...AwsSigv4Signer({ region: "eu-central-1", service: "es", getCredentials }),
      });
      return async () => typeof client.search;
    },
  },
  authorizer: {
    callbackFactory: () => {
      const verifier = CognitoJwtVerifier.create({
        userPoolId: "eu-central-1_abcdefghi",
        tokenUse: "id",
        clientId: "x",
      });
      return async (event: { token?: string }) =>
        verifier.verify(event.token ?? "none").then(
          () => true,
          () => false,
        );
    },
  },
};

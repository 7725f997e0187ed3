import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { allowStreamReading, connectStreamReader } from "../../../components/infrastructure/streamReader";
import { registerResources, statementsOf } from "../../kit/registeredResources";

const streamArn = "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000";

describe("connectStreamReader", () => {
  const register = () =>
    registerResources((parent) => {
      const failures = new aws.sqs.Queue("failures", {}, { parent });
      const reader = { arn: pulumi.output("arn:reader") };
      connectStreamReader("orders", reader, { streamArn, failures, newImage: { kind: { S: ["order"] } } }, parent);
    });

  it("skips a record after a number of attempts, and keeps it in the queue of failures", async () => {
    expect((await register()).only("EventSourceMapping")).to.deep.include({
      eventSourceArn: streamArn,
      functionName: "arn:reader",
      startingPosition: "TRIM_HORIZON",
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 20,
      functionResponseTypes: ["ReportBatchItemFailures"],
      destinationConfig: { onFailure: { destinationArn: "arn:failures" } },
    });
  });

  it("reads inserts and changes of the named items only", async () => {
    const { filters } = (await register()).only("EventSourceMapping")["filterCriteria"] as {
      filters: { pattern: string }[];
    };
    expect(filters.map(({ pattern }) => JSON.parse(pattern))).to.deep.equal([
      { eventName: ["INSERT", "MODIFY"], dynamodb: { NewImage: { kind: { S: ["order"] } } } },
    ]);
  });
});

describe("allowStreamReading", () => {
  it("allows to read that stream and to report failures, and nothing else", async () => {
    const { only } = await registerResources((parent) => {
      const failures = new aws.sqs.Queue("failures", {}, { parent });
      const grants = allowStreamReading(failures, streamArn);
      const policy = pulumi.jsonStringify({
        Statement: grants.map(({ actions, resources }) => ({ Action: actions, Resource: resources })),
      });
      new aws.iam.RolePolicy("reader", { role: "reader", policy }, { parent });
    });
    const allowed = statementsOf(only("RolePolicy")["policy"]);
    expect(allowed.find(({ Resource }) => String(Resource) === "arn:failures")!["Action"]).to.deep.equal([
      "sqs:SendMessage",
    ]);
    expect(new Set(allowed.flatMap(({ Resource }) => Resource))).to.deep.equal(new Set([streamArn, "arn:failures"]));
  });
});

import { expect } from "chai";
import { createDataTable } from "../../../../components/infrastructure/dataTable";
import { ASSUMED, PRICES } from "../../../../local/aws/prices";
import {
  callUsd,
  messageUsd,
  readCostFacts,
  replicationUsd,
  requestUsd,
  stateUsd,
  writeUsd,
} from "../../../../local/console/orders/cost";
import type { DeployedResource } from "../../../../local/deployment/deployment";
import { registerResources } from "../../../kit/registeredResources";

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
const call = { traceId: "1", region: "us-east-1", functionName: "orders-submit", isColdStart: false, calls: [] };
const isNear = (actual: number, wanted: number) => expect(actual).to.be.closeTo(wanted, 1e-12);
const write = (before?: object, after?: object) => ({
  region: "us-east-1",
  tableName: "orders",
  at: at(0),
  before: before as Record<string, unknown>,
  after: after as Record<string, unknown>,
});
const facts = { functions: new Map(), indexes: new Map([["orders", [["openIn", "sweepAt"]]]]) };

describe("readCostFacts", () => {
  const resource = (type: string, name: string, inputs: object, outputs: object = {}) =>
    ({ urn: name, type, name, id: name, inputs, outputs }) as DeployedResource;

  it("finds memory, callers and indexes", async () => {
    const shape = { hashKey: "coupon", indexes: [{ name: "byCustomer", hashKey: "customerId", rangeKey: "usedAt" }] };
    const made = await registerResources((parent) => createDataTable("coupons", shape, {}, undefined, parent));
    const arn = (name: string) => `arn:aws:lambda:us-east-1:1:function:${name}`;
    const { functions, indexes } = readCostFacts([
      {
        resources: [
          resource("aws:lambda/function:Function", "orders-submit-function", { memorySize: 512 }, { name: "submit-1" }),
          resource(
            "aws:lambda/function:Function",
            "orders-notifier-function",
            { memorySize: 256 },
            { name: "notify-1" },
          ),
          resource("aws:lambda/function:Function", "orders-submit-1-function", {}, { name: "submit-12" }),
          resource("aws:apigatewayv2/integration:Integration", "submit", {
            integrationUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn("submit-1")}/invocations`,
          }),
          resource("aws:lambda/eventSourceMapping:EventSourceMapping", "notifier", {
            eventSourceArn: "arn:aws:sqs:us-east-1:1:notices",
            functionName: arn("notify-1"),
          }),
          resource("aws:dynamodb/table:Table", "orders", {
            globalSecondaryIndexes: [{ hashKey: "openIn", rangeKey: "sweepAt" }],
          }),
          resource("aws:dynamodb/table:Table", "coupons", made.only("Table")),
        ],
      },
    ]);
    expect([...functions]).to.deep.equal([
      ["orders-submit", { memoryMb: 512, isApi: true, isFromQueue: false }],
      ["orders-notifier", { memoryMb: 256, isApi: false, isFromQueue: true }],
      ["orders-submit-1", { memoryMb: 128, isApi: false, isFromQueue: false }],
    ]);
    expect(indexes.get("orders")).to.deep.equal([["openIn", "sweepAt"]]);
    expect(indexes.get("coupons")).to.deep.equal([["customerId", "usedAt"]]);
  });
});

describe("Cost of an order's steps", () => {
  it("counts each failed attempt of a state as a transition", () => isNear(stateUsd(2), 3 * PRICES.transition));

  it("bills a call's own time at a processor's memory, and its requests at AWS's times", () => {
    const requests = [
      { title: "DynamoDB Query", at: at(10), endAt: at(60) },
      // At the same time as the first one.
      { title: "GET http://127.0.0.1:9000/payments", at: at(30), endAt: at(80) },
    ];
    const usd = callUsd(
      { ...call, at: at(0), endAt: at(100), calls: requests },
      { memoryMb: 512, isApi: true, isFromQueue: false },
      1_000,
    );
    const waited = (ASSUMED.awsCallMs + ASSUMED.providerCallMs) * 512;
    const gbSeconds = (30 * ASSUMED.processorMb + waited) / 1_000 / 1_024;
    isNear(
      usd,
      PRICES.lambdaRequest +
        gbSeconds * PRICES.lambdaGbSecond +
        ((1_000 + ASSUMED.accessLogBytes) / 2 ** 30) * PRICES.logGb +
        PRICES.trace / 20 +
        PRICES.apiRequest,
    );
  });

  it("prices requests by operation, and a refused write as a write", () => {
    isNear(requestUsd({ title: "KMS Decrypt" }), PRICES.kmsAsymmetric);
    isNear(requestUsd({ title: "SNS Publish", subject: "orders-changes" }), PRICES.snsPublish);
    expect([requestUsd({ title: "SNS Publish" }), messageUsd("sms")]).to.deep.equal([0, PRICES.textMessage]);
    isNear(requestUsd({ title: "DynamoDB PutItem", error: "ConditionalCheckFailedException" }), PRICES.writeUnit);
    isNear(requestUsd({ title: "DynamoDB Query", subject: "orders-orders-51a4776" }), PRICES.readUnit);
    isNear(
      requestUsd({ title: "DynamoDB Query", subject: "orders-cards-4f606a1" }),
      PRICES.readUnit + PRICES.dataEvent,
    );
    expect(requestUsd({ title: "POST http://127.0.0.1:9000/payments" })).to.equal(0);
  });

  it("counts a unit for each KB begun, twice in a transaction, and entries of indexes that move", () => {
    const item = { openIn: "us-east-1", sweepAt: "1", text: "x".repeat(1_500) };
    isNear(writeUsd(write(undefined, { orderId: "a" }), facts, false), PRICES.writeUnit);
    isNear(writeUsd(write(item, { ...item, more: 1 }), facts, true), 4 * PRICES.writeUnit);
    isNear(writeUsd(write(item, { ...item, sweepAt: "2" }), facts, false), 4 * PRICES.writeUnit);
    isNear(writeUsd(write(item, undefined), facts, false), 3 * PRICES.writeUnit);
  });

  it("counts a replicated write once, with its way to the other Region", () => {
    const item = { orderId: "a" };
    isNear(
      replicationUsd(write(undefined, item), facts),
      PRICES.writeUnit + (JSON.stringify(item).length / 2 ** 30) * PRICES.betweenRegionsGb,
    );
    isNear(replicationUsd(undefined, facts), PRICES.writeUnit);
  });
});

import "../../disablePromiseTraces";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import { metricsNamespace } from "../../components/infrastructure/metricsNamespace";
import { Observability, type ObservabilityArgs } from "../../components/observability";
import { createOrderAlarms } from "../../components/orderService/resources/alarms";
import { createDomainAlarms, createRegionAlarms } from "../../components/regionalFailover/resources/alarms";
import { createSearchAlarms } from "../../components/searchService/resources/alarms";
import { lookUps } from "./registeredResources";

export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const named = <Name extends string>(names: readonly Name[], prefix: string) =>
  Object.fromEntries(
    names.map((name) => [name, { name: `${prefix}-${name}`, logGroup: { name: `/aws/lambda/${prefix}-${name}` } }]),
  ) as Record<Name, { name: string; logGroup: { name: string } }>;

const ORDER_FUNCTIONS = [
  "submit",
  "read",
  "cancel",
  "webhooks",
  "resume",
  "health",
  "authorize",
  "settle",
  "ship",
  "dispatcher",
  "sweeper",
  "notifier",
  "takeover",
] as const;

export const usual: ObservabilityArgs = {
  region: "us-east-1",
  orders: {
    api: { api: { id: "orders-api" }, accessLog: { name: "/aws/vendedlogs/apigateway/orders-api" } },
    functions: named(ORDER_FUNCTIONS, "store-orders"),
    stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:orders",
    workflowLog: "/aws/vendedlogs/states/orders",
    tables: { orders: "orders", cards: "cards" },
    indexes: { orders: ["open", "byCustomer"] },
    alarms: [],
  },
  search: {
    api: { api: { id: "search-api" }, accessLog: { name: "/aws/vendedlogs/apigateway/search-api" } },
    functions: named(["search", "productRead", "productWrite", "indexer", "rebuild"] as const, "store-search"),
    tables: { products: "products" },
    domainName: "catalogue",
    alarms: [],
  },
};

/** Arguments of a primary Region that watches every service. */
export const primary: Partial<ObservabilityArgs> = {
  peerRegions: ["us-west-2"],
  allRegions: true,
  tables: { regions: "regions", customers: "customers" },
  distributionId: "E123",
  webAcl: { metricName: "store-site-waf", rules: ["body", "rate-orders"] },
  backups: { vaultName: "vault" },
  security: {
    keyArns: { cards: "arn:aws:kms:us-east-1:123456789012:key/mrk-cards" },
    auditBucketName: "store-audit",
  },
  costAnomaly: { aboveUsd: 50 },
};

export async function mocked(registered: Registered[], work: () => void | Promise<void>): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        const arn = `arn:aws:test:us-east-1:123456789012:${name}`;
        return { id: `${name}-id`, state: { arn, name: `${name}-1a2b3c4`, bucket: name, ...inputs } };
      },
      call: ({ token }) =>
        token.includes("getPartition")
          ? { partition: "aws" }
          : { accountId: "123456789012", arn: "arn:x", userId: "u" },
    },
    "store",
    "prod-east",
    false,
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    await work();
    return {};
  });
  await pulumi.runtime.disconnect();
}

/** Captures the engine request that registers the next resource of a type, with its dependencies and transforms. */
export function requestOf(type: string): Promise<RegisterResourceRequest> {
  const monitor = getMonitor() as unknown as {
    registerResource(request: RegisterResourceRequest, ...rest: unknown[]): unknown;
  };
  const register = monitor.registerResource.bind(monitor);
  return new Promise((resolve) => {
    monitor.registerResource = (request, ...rest) => {
      if (request.getType() === type) resolve(request);
      return register(request, ...rest);
    };
  });
}

/** Registers the component together with the alarms that the services bring. */
export async function observe(changes: Partial<ObservabilityArgs> = {}) {
  const registered: Registered[] = [];
  let releaseAlarms: string[] = [];
  await mocked(registered, async () => {
    const parent = new pulumi.ComponentResource("test:index:Services", "services");
    const stub = (name: string) => ({ name, arn: `arn:${name}` }) as never;
    const ordersOwn = createOrderAlarms(
      "orders",
      {
        stateMachine: stub("machine"),
        deadLetters: {
          "stream-failures": stub("q1"),
          "notifications-failed": stub("q2"),
          "invoices-failed": stub("q4"),
          "webhooks-failed": stub("q5"),
        },
        topicArns: [],
        metricsNamespace: metricsNamespace(),
      },
      parent,
    );
    const searchOwn = createSearchAlarms(
      "catalogue",
      { indexer: stub("indexer"), deadLetters: stub("q3"), rebuild: stub("rebuild") },
      [],
      parent,
    );
    const region = changes.region ?? "us-east-1";
    const failoverArgs = { peerRegions: changes.peerRegions } as never;
    const failoverOwn = [
      ...createRegionAlarms("failover", failoverArgs, parent),
      ...createDomainAlarms(
        "failover",
        failoverArgs,
        {
          healthCheckId: pulumi.output("check-1"),
          certificateArns: { apis: pulumi.output("arn:certificate"), viewer: pulumi.output("arn:viewer") },
        },
        pulumi.output(region),
        parent,
      ),
    ];
    const observability = new Observability("observability", {
      failover: {
        functions: named(["watch", "answers"], "store-failover"),
        alarms: failoverOwn,
        healthCheck: { id: "check-1" },
      },
      ...usual,
      orders: { ...usual.orders, alarms: ordersOwn },
      search: { ...usual.search, alarms: searchOwn },
      ...changes,
    });
    releaseAlarms = await new Promise((resolve) => pulumi.all(observability.releaseAlarms).apply(resolve));
  });
  const { of, named: one } = lookUps(registered);
  return { registered, of, one, releaseAlarms };
}

let observed: ReturnType<typeof observe> | undefined;

/** The alarms and dashboards of a primary Region that watches every service, registered once for all files of a process. */
export function observePrimary(): ReturnType<typeof observe> {
  observed ??= observe(primary);
  return observed;
}

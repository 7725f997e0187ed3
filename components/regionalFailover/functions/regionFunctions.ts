import { Logger } from "@aws-lambda-powertools/logger";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "aws-lambda";
import { FAILOVER_TIMINGS, type FailoverTimings, type RegionUrls, type Return } from "../../../domain/region";
import { countingInto, metricsNamespace } from "../../infrastructure/metricsNamespace";
import { accountIdOf, createServiceRole } from "../../infrastructure/serviceRole";
import { allow, type Grant, InlineFunction, reference, when } from "../../inlineFunction";
import type { RegionalFailoverArgs } from "../args";
import { createCheckApi, createConfigApi, type Request } from "../handlers/answers";
import { createFunctionClient, createWorkflowClient, documentClient, setting } from "../handlers/clients";
import { counter } from "../handlers/metrics";
import { probe, probeFunction } from "../handlers/probe";
import { StateStore } from "../handlers/stateStore";
import { newMemory, watchPeer } from "../handlers/watch";

/** Answers `/api/config`. */
export function createRegionApiFunction(
  name: string,
  args: RegionalFailoverArgs,
  parent: pulumi.Resource,
): InlineFunction<Request> {
  return new InlineFunction<Request>(
    `${name}-answers`,
    {
      description: "Answers what a storefront must know.",
      environment: {
        STATE_TABLE: args.state.tableName,
        PEER_REGION: args.peerRegion ?? "",
        SETTINGS: pulumi.jsonStringify(args.settings),
      },
      // Without a peer there is no other Region to look up.
      grants:
        args.peerRegion === undefined
          ? []
          : [allow(reference("dynamodb:table", args.state.tableArn), "dynamodb:Query")],
      timeoutSeconds: 5,
      logRetentionDays: args.logRetentionDays,
      callbackFactory: () =>
        createConfigApi({
          region: setting("AWS_REGION"),
          peerRegion: process.env.PEER_REGION || undefined,
          store: new StateStore(documentClient(), setting("STATE_TABLE")),
          settings: JSON.parse(setting("SETTINGS")),
          log: new Logger({ serviceName: "regions" }),
          now: Date.now,
        }),
    },
    { parent },
  );
}

/** Answers the health routes. A function of its own, so that calls of public routes can't take its places. */
export function checksFunction(
  name: string,
  args: RegionalFailoverArgs,
  parent: pulumi.Resource,
): InlineFunction<Request> {
  const checks = Object.entries(args.services).flatMap(([service, { check }]) =>
    check === undefined ? [] : [{ service, arn: check.arn }],
  );
  return new InlineFunction<Request>(
    `${name}-checks`,
    {
      description: "Answers Route 53 and the peer Region: whether this Region works, and whether another is drained.",
      environment: {
        STATE_TABLE: args.state.tableName,
        CHECK_FUNCTIONS: pulumi
          .all(checks.map(({ service, arn }) => pulumi.output(arn).apply((known) => [service, known] as const)))
          .apply((known) => JSON.stringify(Object.fromEntries(known))),
        ...countingInto(args.metricsNamespace ?? metricsNamespace()),
      },
      grants: [
        allow(reference("dynamodb:table", args.state.tableArn), "dynamodb:Query"),
        ...checks.map(({ arn }) => allow(reference("lambda:function", arn), "lambda:InvokeFunction")),
      ],
      timeoutSeconds: 5,
      reservedConcurrency: args.checkConcurrency,
      logRetentionDays: args.logRetentionDays,
      callbackFactory: () => {
        const functions = createFunctionClient();
        return createCheckApi({
          region: setting("AWS_REGION"),
          store: new StateStore(documentClient(), setting("STATE_TABLE")),
          checkFunctions: JSON.parse(setting("CHECK_FUNCTIONS")),
          check: (functionArn, timeoutMs) => probeFunction(functions, functionArn, timeoutMs),
          count: counter(),
          log: new Logger({ serviceName: "regions" }),
          now: Date.now,
        });
      },
    },
    { parent },
  );
}

/** Longer than the minute between two runs: a run that is late finds the last one still at work. */
const WATCH_LIMIT_SECONDS = 120;

/** Writes this Region's heartbeat, looks after the peer's, and starts takeovers: once a minute, for a minute. */
export function createWatch(
  name: string,
  args: RegionalFailoverArgs,
  own: { region: pulumi.Output<string>; urls: pulumi.Output<RegionUrls> },
  parent: pulumi.Resource,
): { watch: InlineFunction<unknown>; schedule: aws.scheduler.Schedule } {
  const state = reference("dynamodb:table", args.state.tableArn);
  const watcher = new InlineFunction<unknown>(
    `${name}-watch`,
    {
      description: "Heartbeats of this Region, a look at the other's, and takeovers while that is lost.",
      environment: {
        STATE_TABLE: args.state.tableName,
        PEER_REGION: args.peerRegion ?? "",
        URLS: pulumi.jsonStringify(own.urls),
        TIMINGS: JSON.stringify({ ...FAILOVER_TIMINGS, ...args.timings }),
        TAKEOVER_ARN: args.takeover.arn,
        ON_RETURN: pulumi.jsonStringify(args.onReturn ?? []),
        ...countingInto(args.metricsNamespace ?? metricsNamespace()),
      },
      grants: [
        allow(state, "dynamodb:Query"),
        // One item, one writer: not even by mistake does it write what is another Region's.
        when(allow(state, "dynamodb:PutItem"), {
          "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": own.region.apply((region) => [region]) },
        }),
        // Alone, there is nobody to take over from, and nobody returns.
        ...(args.peerRegion === undefined
          ? []
          : [allow(reference("lambda:function", args.takeover.arn), "lambda:InvokeFunction"), ...returnGrants(args)]),
      ],
      timeoutSeconds: WATCH_LIMIT_SECONDS,
      memoryMb: 256,
      // A run that failed or came too late is of no use; the next one begins within a minute.
      asynchronous: { retries: 0, maxAgeSeconds: 60 },
      logRetentionDays: args.logRetentionDays,
      callbackFactory: () => {
        const functions = createFunctionClient();
        const workflows = createWorkflowClient();
        const memory = newMemory();
        const targets: { functionArn?: string; stateMachineArn?: string; when?: string }[] = JSON.parse(
          setting("ON_RETURN"),
        );
        const call = async (FunctionName: string, payload: object) => {
          await functions.send(
            new InvokeCommand({ FunctionName, InvocationType: "Event", Payload: Buffer.from(JSON.stringify(payload)) }),
          );
        };
        const start = async (stateMachineArn: string, backAt: string) => {
          // The same return is told under the same name, so that telling it twice starts one execution.
          const name = `return-${backAt.replace(/[^0-9TZ]/g, "-")}`;
          try {
            await workflows.send(new StartExecutionCommand({ stateMachineArn, name, input: "{}" }));
          } catch (error) {
            if ((error as Error).name !== "ExecutionAlreadyExists") throw error;
          }
        };
        const watching = {
          region: setting("AWS_REGION"),
          peerRegion: process.env.PEER_REGION || undefined,
          urls: JSON.parse(setting("URLS")) as RegionUrls,
          timings: JSON.parse(setting("TIMINGS")) as FailoverTimings,
          store: new StateStore(documentClient(), setting("STATE_TABLE")),
          probe,
          takeOver: (from: string) => call(setting("TAKEOVER_ARN"), { from }),
          tellReturn: async (returned: Return) => {
            for (const { functionArn, stateMachineArn, when = "return" } of targets) {
              if (when === "rebuild" && !returned.rebuild) continue;
              if (functionArn !== undefined) await call(functionArn, { returned });
              if (stateMachineArn !== undefined) await start(stateMachineArn, returned.backAt);
            }
          },
          count: counter(),
          log: new Logger({ serviceName: "regions" }),
          clock: {
            now: Date.now,
            sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
          },
        };
        return (_event: unknown, context: Pick<Context, "getRemainingTimeInMillis">) =>
          watchPeer(watching, memory, () => context.getRemainingTimeInMillis());
      },
    },
    { parent },
  );
  return { watch: watcher, schedule: onceAMinute(`${name}-watch`, watcher, parent) };
}

function returnGrants({ onReturn = [] }: RegionalFailoverArgs): Grant[] {
  return onReturn.flatMap(({ functionArn, stateMachineArn }) => [
    ...(functionArn === undefined ? [] : [allow(reference("lambda:function", functionArn), "lambda:InvokeFunction")]),
    ...(stateMachineArn === undefined
      ? []
      : [allow(reference("states:stateMachine", stateMachineArn), "states:StartExecution")]),
  ]);
}

function onceAMinute(name: string, target: InlineFunction<unknown>, parent: pulumi.Resource): aws.scheduler.Schedule {
  const { role, policy } = createServiceRole(
    name,
    "scheduler.amazonaws.com",
    accountIdOf(parent),
    [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: target.arn }],
    parent,
  );
  return new aws.scheduler.Schedule(
    name,
    {
      scheduleExpression: "rate(1 minute)",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: target.arn,
        roleArn: role.arn,
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    },
    { parent, dependsOn: [policy] },
  );
}

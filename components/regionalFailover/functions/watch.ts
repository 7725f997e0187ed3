import { InvokeCommand } from "@aws-sdk/client-lambda";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "aws-lambda";
import { FAILOVER_TIMINGS, type FailoverTimings, type RegionUrls, type Return } from "../../../domain/region";
import { withDefaults } from "../../arguments/overrides";
import { settingsOf } from "../../infrastructure/functionSettings";
import { countingInto, metricsNamespace } from "../../infrastructure/metricsNamespace";
import { createFunctionSchedule } from "../../infrastructure/scheduledFunction";
import { allow, type Grant, InlineFunction, reference, when } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { RegionalFailoverArgs } from "../args";
import type { FAILOVER_FUNCTIONS } from "../failoverFunctions";
import { documentClient, setting } from "../handlers/clients";
import { createFunctionClient } from "../handlers/functionClient";
import { createCounter } from "../handlers/metrics";
import { probe } from "../handlers/probe";
import { StateStore } from "../handlers/stateStore";
import { newMemory, watchPeer } from "../handlers/watch";
import { createWorkflowClient } from "../handlers/workflowClient";

/** Longer than the minute between two runs, so that a late run may overlap with the one before. */
const WATCH_LIMIT_SECONDS = 120;

/** Creates the function that writes this Region's heartbeat, watches the peer and starts takeovers; it runs for a minute, every minute. */
export function createWatchFunction(
  name: string,
  args: RegionalFailoverArgs,
  own: { region: pulumi.Output<string>; urls: pulumi.Output<RegionUrls> },
  parent: pulumi.Resource,
): { watch: InlineFunction<unknown>; schedule: aws.scheduler.Schedule } {
  const [peerRegion] = args.peerRegions ?? [];
  const state = reference("dynamodb:table", args.regions.tableArn);
  const watch = new InlineFunction<unknown>(
    `${name}-watch`,
    {
      description: "Writes this Region's heartbeat, watches the peer Region, and takes over while the peer is lost.",
      environment: {
        STATE_TABLE: args.regions.tableName,
        PEER_REGION: peerRegion ?? "",
        URLS: pulumi.jsonStringify(own.urls),
        TIMINGS: JSON.stringify(withDefaults(FAILOVER_TIMINGS, args.timings)),
        TAKEOVER_ARN: args.takeover.arn,
        ON_RETURN: pulumi.jsonStringify(args.onReturn ?? []),
        ...countingInto(args.metricsNamespace ?? metricsNamespace()),
      },
      grants: [
        allow(state, "dynamodb:Query"),
        // One writer per item: the function cannot write the item of another Region.
        when(allow(state, "dynamodb:PutItem"), {
          "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": own.region.apply((region) => [region]) },
        }),
        // Without a peer there is no takeover and no return.
        ...(peerRegion === undefined
          ? []
          : [allow(reference("lambda:function", args.takeover.arn), "lambda:InvokeFunction"), ...returnGrants(args)]),
      ],
      timeoutSeconds: WATCH_LIMIT_SECONDS,
      memoryMb: 256,
      // A retry is useless: the next run begins within a minute.
      asynchronous: { retries: 0, maxAgeSeconds: 60 },
      ...settingsOf<typeof FAILOVER_FUNCTIONS>(args, "watch"),
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
          // The name is derived from the return, so that notifying twice starts one execution.
          const name = `return-${backAt.replace(/[^0-9TZ]/g, "-")}`;
          try {
            await workflows.send(new StartExecutionCommand({ stateMachineArn, name, input: "{}" }));
          } catch (error) {
            if ((error as Error).name !== "ExecutionAlreadyExists") throw error;
          }
        };
        const deps = {
          region: setting("AWS_REGION"),
          peerRegion: process.env.PEER_REGION || undefined,
          urls: JSON.parse(setting("URLS")) as RegionUrls,
          timings: JSON.parse(setting("TIMINGS")) as FailoverTimings,
          store: new StateStore(documentClient(), setting("STATE_TABLE")),
          probe,
          takeOver: (from: string) => call(setting("TAKEOVER_ARN"), { from }),
          notifyReturn: async (returned: Return) => {
            for (const { functionArn, stateMachineArn, when = "return" } of targets) {
              if (when === "rebuild" && !returned.rebuild) continue;
              if (functionArn !== undefined) await call(functionArn, { returned });
              if (stateMachineArn !== undefined) await start(stateMachineArn, returned.backAt);
            }
          },
          count: createCounter(),
          log: createLogger("regions"),
          clock: {
            now: Date.now,
            sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
          },
        };
        return (_event: unknown, context: Pick<Context, "getRemainingTimeInMillis">) =>
          watchPeer(deps, memory, () => context.getRemainingTimeInMillis());
      },
    },
    { parent },
  );
  return { watch, schedule: createFunctionSchedule(`${name}-watch`, watch, 1, parent) };
}

function returnGrants({ onReturn = [] }: RegionalFailoverArgs): Grant[] {
  return onReturn.flatMap(({ functionArn, stateMachineArn }) => [
    ...(functionArn === undefined ? [] : [allow(reference("lambda:function", functionArn), "lambda:InvokeFunction")]),
    ...(stateMachineArn === undefined
      ? []
      : [allow(reference("states:stateMachine", stateMachineArn), "states:StartExecution")]),
  ]);
}

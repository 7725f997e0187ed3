import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { executionName } from "../../../domain/order";
import { type Deployment, resourcesOfType } from "../../../local/deployment/deployment";
import type { Store } from "../../../local/store";

/** Response of the takeover function. */
export interface TakeoverAnswer {
  taken: number;
  settled: number;
  failed: number;
  remaining: number;
}

const limitMs = 90_000;

/** Invokes a Region's takeover function, as docs/orders.md describes for operators. */
export async function requestTakeover(store: Store, by: string, from: string): Promise<TakeoverAnswer> {
  return (await invoke(store, by, "orders-takeover-function", { from })) as TakeoverAnswer;
}

/** Makes a Region check all its open orders now, as after its return. It restarts those without a running execution. */
export async function requestSweep(store: Store, region: string): Promise<void> {
  await invoke(store, region, "orders-sweeper-function", { returned: { backAt: new Date().toISOString() } });
}

/** Makes a Region continue the erasures of customers now, as its schedule does every hour. */
export async function requestErasures(store: Store, region: string): Promise<void> {
  await invoke(store, region, "orders-eraser-function", {});
}

/** Stops an order's execution in a Region, as an operator may do by mistake. */
export async function stopExecution(store: Store, region: string, orderId: string, epoch: number): Promise<void> {
  await atExecution(store, region, orderId, epoch, async (client, executionArn) => {
    await client.send(new StopExecutionCommand({ executionArn }));
  });
}

/** Reads an order's execution: its outcome and the states that it entered. */
export async function executionOf(
  store: Store,
  region: string,
  orderId: string,
  epoch: number,
): Promise<ExecutionSeen> {
  return await atExecution(store, region, orderId, epoch, async (client, executionArn) => {
    const { status, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
    const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }));
    return { status, error, cause, states: events.flatMap((event) => event.stateEnteredEventDetails?.name ?? []) };
  });
}

export interface ExecutionSeen {
  status?: string;
  error?: string;
  cause?: string;
  /** In the order in which they were entered, with repetitions. */
  states: string[];
}

async function atExecution<T>(
  store: Store,
  region: string,
  orderId: string,
  epoch: number,
  act: (client: SFNClient, executionArn: string) => Promise<T>,
): Promise<T> {
  const deployment = deploymentOf(store, region);
  const machine = resourceNamed(deployment, "aws:sfn/stateMachine:StateMachine", "orders-workflow");
  const prefix = String(machine.outputs["arn"] ?? machine.id).replace(":stateMachine:", ":execution:");
  const client = new SFNClient(connection(deployment));
  try {
    return await act(client, `${prefix}:${executionName(orderId, epoch)}`);
  } finally {
    client.destroy();
  }
}

async function invoke(store: Store, region: string, name: string, payload: unknown): Promise<unknown> {
  const deployment = deploymentOf(store, region);
  const { id } = resourceNamed(deployment, "aws:lambda/function:Function", name);
  const client = new LambdaClient(connection(deployment));
  try {
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({ FunctionName: id, Payload: Buffer.from(JSON.stringify(payload)) }),
    );
    const answer = Payload?.transformToString() ?? "";
    if (FunctionError) throw new Error(`${name} of ${region} failed: ${answer}`);
    return answer === "" ? undefined : JSON.parse(answer);
  } finally {
    client.destroy();
  }
}

function deploymentOf(store: Store, region: string): Deployment {
  const running = store.regions[region];
  if (running === undefined) throw new Error(`There is no Region ${region}.`);
  return running.deployment;
}

function resourceNamed(deployment: Deployment, type: string, name: string) {
  const found = resourcesOfType(deployment, type).find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`${deployment.region} has no ${type} named ${name}.`);
  return found;
}

const connection = ({ region, endpoint, credentials }: Deployment) => ({
  region,
  endpoint,
  credentials,
  requestHandler: { requestTimeout: limitMs, throwOnRequestTimeout: true },
});

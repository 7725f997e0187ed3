import { type ExecutionListItem, GetExecutionHistoryCommand, ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { resourcesOfType } from "../deployment/deployment";
import { LastKnown } from "./lastKnown";
import type { RegionClients } from "./regionClients";
import type { ExecutionView } from "./state";

/** Reads how far the workflows of some orders have come. What has ended is read once. */
export class Executions {
  private readonly ended = new Map<string, ExecutionView>();
  private readonly runs: LastKnown<Map<string, ExecutionView[]>>;
  private wanted = new Set<string>();

  constructor(regions: readonly RegionClients[]) {
    this.runs = new LastKnown(regions, (region) => this.runsIn(region));
  }

  /** Runs by order, oldest first. An execution's name is `orderId-epoch`. */
  async of(orderIds: readonly string[]): Promise<Map<string, ExecutionView[]>> {
    this.wanted = new Set(orderIds);
    const runs = new Map<string, ExecutionView[]>();
    for (const ofRegion of await this.runs.read()) {
      for (const [orderId, views] of ofRegion) runs.set(orderId, [...(runs.get(orderId) ?? []), ...views]);
    }
    for (const list of runs.values()) list.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
    return runs;
  }

  private async runsIn(region: RegionClients): Promise<Map<string, ExecutionView[]>> {
    const runs = new Map<string, ExecutionView[]>();
    for (const listed of await this.list(region)) {
      const name = listed.name ?? "";
      const orderId = name.slice(0, name.lastIndexOf("-"));
      if (!this.wanted.has(orderId)) continue;
      const view = this.ended.get(listed.executionArn ?? "") ?? (await this.view(region, listed));
      runs.set(orderId, [...(runs.get(orderId) ?? []), view]);
    }
    return runs;
  }

  private async list({ deployment, sfn }: RegionClients): Promise<ExecutionListItem[]> {
    const machines = resourcesOfType(deployment, "aws:sfn/stateMachine:StateMachine");
    const lists = await Promise.all(
      machines.map(({ outputs }) =>
        sfn.send(new ListExecutionsCommand({ stateMachineArn: String(outputs["arn"]), maxResults: 200 })),
      ),
    );
    return lists.flatMap((list) => list.executions ?? []);
  }

  private async view({ deployment, sfn }: RegionClients, listed: ExecutionListItem): Promise<ExecutionView> {
    const { executionArn, name = "", status = "RUNNING", startDate } = listed;
    const { events = [] } = await sfn.send(
      new GetExecutionHistoryCommand({
        executionArn,
        maxResults: 500,
        reverseOrder: true,
        includeExecutionData: false,
      }),
    );
    const oldestFirst = [...events].sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
    const failure = oldestFirst
      .map((event) => event.executionFailedEventDetails)
      .find((details) => details !== undefined);
    const view: ExecutionView = {
      name,
      region: deployment.region,
      status,
      startedAt: startDate?.toISOString() ?? "",
      path: oldestFirst.flatMap((event) => event.stateEnteredEventDetails?.name ?? []),
      error: failure && [failure.error, failure.cause].filter(Boolean).join(": "),
    };
    if (status !== "RUNNING" && executionArn) this.ended.set(executionArn, view);
    return view;
  }
}

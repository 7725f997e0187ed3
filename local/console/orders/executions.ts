import type { ExecutionListItem } from "@aws-sdk/client-sfn";
import { resourcesOfType } from "../../deployment/deployment";
import { LastKnown } from "../lastKnown";
import type { RegionClients } from "../regionClients";
import type { ExecutionView } from "../state";

/** Reads the workflow executions of orders. Each ended execution is read once. */
export class Executions {
  private readonly ended = new Map<string, ExecutionView>();
  private readonly views: LastKnown<ExecutionView[]>;
  private wanted = new Set<string>();

  constructor(regions: readonly RegionClients[]) {
    this.views = new LastKnown(regions, (region) => this.readRegion(region));
  }

  /** Executions by order, oldest first. */
  async of(orderIds: readonly string[]): Promise<Map<string, ExecutionView[]>> {
    this.wanted = new Set(orderIds);
    const views = (await this.views.read()).flat();
    return Map.groupBy(
      views.sort((a, b) => a.startedAt.localeCompare(b.startedAt)),
      ({ name }) => toOrderId(name),
    );
  }

  private async readRegion(region: RegionClients): Promise<ExecutionView[]> {
    const views: ExecutionView[] = [];
    for (const listed of await listExecutions(region)) {
      if (!this.wanted.has(toOrderId(listed.name))) continue;
      views.push(this.ended.get(listed.executionArn ?? "") ?? (await this.readExecution(region, listed)));
    }
    return views;
  }

  private async readExecution({ deployment, sfn }: RegionClients, listed: ExecutionListItem): Promise<ExecutionView> {
    const { executionArn, name = "", status = "RUNNING", startDate } = listed;
    const { events = [] } = await sfn.getExecutionHistory({
      executionArn,
      maxResults: 500,
      reverseOrder: true,
      includeExecutionData: false,
    });
    const oldestFirst = events.toSorted((a, b) => (a.id ?? 0) - (b.id ?? 0));
    const failure = oldestFirst.find((event) => event.executionFailedEventDetails)?.executionFailedEventDetails;
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

/** An execution's name is `orderId-epoch`. */
export const toOrderId = (name = "") => name.slice(0, name.lastIndexOf("-"));

/** Lists the latest executions of a Region's workflows. */
export async function listExecutions({ deployment, sfn }: RegionClients): Promise<ExecutionListItem[]> {
  const machines = resourcesOfType(deployment, "aws:sfn/stateMachine:StateMachine");
  const lists = await Promise.all(
    machines.map(({ outputs }) => sfn.listExecutions({ stateMachineArn: String(outputs["arn"]), maxResults: 200 })),
  );
  return lists.flatMap((page) => page.executions ?? []);
}

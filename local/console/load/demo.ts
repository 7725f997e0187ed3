import { setTimeout as sleep } from "node:timers/promises";
import type { Chaos } from "../../chaos";
import { DEMO_STEPS } from "./demoSteps";
import type { Load } from "./load";

export interface DemoDeps {
  chaos: Chaos;
  load: Load;
  /** Ids of these orders that a living Region has. */
  stored(orderIds: readonly string[]): Promise<string[]>;
  onEvent(what: string): void;
}

export interface DemoView {
  isRunning: boolean;
  /** Index in `DEMO_STEPS`; its length at the end. */
  step: number;
  /** Outcome in words. */
  outcome?: string;
}

/** Seconds of orders before the Region dies, and while it is dead. */
const BEFORE_S = 8;
const DEAD_S = 25;

/** Shows a failover: orders in both Regions, one of them dies and returns, and no accepted order is lost. */
export class Demo {
  private current?: DemoView;

  constructor(private readonly deps: DemoDeps) {}

  view(): DemoView | undefined {
    return this.current && { ...this.current };
  }

  /** Begins the demonstration. @throws RangeError if a Region is not up. */
  start(): void {
    if (this.current?.isRunning) throw new RangeError("The demonstration is running.");
    const { regions } = this.deps.chaos.status();
    const [victim] = regions;
    if (victim === undefined || regions.length < 2)
      throw new RangeError('A failover needs two Regions: start the store with "npm start -- --regions 2".');
    const down = regions.find(({ state }) => state !== "up");
    if (down) throw new RangeError(`${down.region} is ${down.state}: the demonstration begins with both Regions up.`);
    const view: DemoView = { isRunning: true, step: 0 };
    this.current = view;
    this.run(victim.region, view)
      .catch((error: unknown) => {
        view.outcome = `The demonstration stopped: ${error instanceof Error ? error.message : String(error)}`;
      })
      .finally(() => {
        view.isRunning = false;
        this.deps.onEvent(view.outcome ?? "the demonstration ended");
      });
  }

  private async run(victim: string, view: DemoView): Promise<void> {
    const { chaos, load, stored } = this.deps;
    await load.start({ perSecond: 0.5, seconds: BEFORE_S + DEAD_S });
    await sleep(BEFORE_S * 1_000);
    view.step = 1;
    await chaos.kill(victim);
    view.step = 2;
    await load.ended();
    view.step = 3;
    await chaos.return(victim);
    view.step = 4;
    const accepted = [...load.acknowledged];
    const found = new Set(await this.eventually(async () => await stored(accepted), accepted.length));
    const { slowestMs, failed } = load.view() ?? { slowestMs: 0, failed: 0 };
    const lost = accepted.filter((orderId) => !found.has(orderId)).length;
    view.step = DEMO_STEPS.length;
    view.outcome =
      `${victim} was killed in the middle of ${accepted.length} orders: ${lost === 0 ? "none is lost" : `${lost} are lost`}` +
      `${failed > 0 ? `, ${failed} got no answer in time` : ""}. The slowest was accepted after ${(slowestMs / 1_000).toFixed(1)} s.`;
  }

  /** Repeats a look until it has found all, for at most half a minute. */
  private async eventually(look: () => Promise<string[]>, count: number): Promise<string[]> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const found = await look();
      if (found.length >= count || Date.now() > deadline) return found;
      await sleep(500);
    }
  }
}

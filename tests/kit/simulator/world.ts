import { Chance } from "./chance";
import type { Activation, TimerHost } from "./virtualTime";

/** Planned event; one of a Region waits while that Region is down or frozen. */
interface SimulatedEvent {
  at: number;
  order: number;
  region?: string;
  /** Repeats for ever, as schedules do: the world is at rest with nothing else to come. */
  periodic: boolean;
  cancelled: boolean;
  run(): void;
}

/** `frozen`: everything stops and goes on later, function calls included. `down`: function calls end; data remains. `lost`: for good. */
export type RegionCondition = "up" | "frozen" | "down" | "lost";

/** One fault or incident that happened. */
export interface Misfortune {
  /** Identifies the decision: the same seed without it is the same schedule with one fault less. */
  label: string;
  kind: string;
  atMs: number;
}

export interface WorldOptions {
  seed: number;
  /** Labels of the only faults and incidents that may happen. Default: all that chance decides on. */
  only?: ReadonlySet<string>;
  /** No chance in latencies: each call takes the same time. For shrunk schedules. */
  calm?: boolean;
}

const START = Date.UTC(2026, 0, 1);

/** Virtual time, the events to come, the Regions' conditions and the trace of one schedule. */
export class World implements TimerHost {
  readonly chance: Chance;
  readonly trace: string[] = [];
  readonly misfortunes: Misfortune[] = [];
  readonly conditions = new Map<string, RegionCondition>();
  readonly skewMs = new Map<string, number>();
  /** Violations found so far. */
  readonly violations: string[] = [];
  /** Milliseconds since 1970. */
  readonly startMs = START;
  events = 0;
  private nowMs = START;
  private order = 0;
  private pending = 0;
  private readonly heap: SimulatedEvent[] = [];
  private held: SimulatedEvent[] = [];
  private readonly enders: ((region: string) => void)[] = [];
  private readonly watchers: ((region: string, isUp: boolean) => void)[] = [];
  private readonly executions = new Map<string, number>();

  constructor(readonly options: WorldOptions) {
    this.chance = new Chance(options.seed);
  }

  now(): number {
    return this.nowMs;
  }

  /** Milliseconds since the schedule began. */
  get elapsedMs(): number {
    return this.nowMs - START;
  }

  random(): number {
    return this.chance.of(this.chance.next("random"));
  }

  condition(region: string): RegionCondition {
    return this.conditions.get(region) ?? "up";
  }

  isUp(region: string): boolean {
    return this.condition(region) === "up";
  }

  /** Adds a line to the trace. */
  tell(line: string): void {
    this.trace.push(`${(this.elapsedMs / 1000).toFixed(3)} ${line}`);
  }

  violate(invariant: string): void {
    if (this.violations.includes(invariant)) return;
    this.violations.push(invariant);
    this.tell(`VIOLATED: ${invariant}`);
  }

  /** Decides on a fault; records it if it strikes. */
  strikes(label: string, probability: number, kind: string): boolean {
    if (probability === 0 || this.chance.of(label) >= probability) return false;
    if (this.options.only && !this.options.only.has(label)) return false;
    this.misfortunes.push({ label, kind, atMs: this.elapsedMs });
    this.tell(`  ! ${kind} (${label})`);
    return true;
  }

  /** Latency of a call: mostly near `typicalMs`, rarely many times as long. */
  latency(label: string, typicalMs: number): number {
    if (this.options.calm) return typicalMs;
    const chance = this.chance.of(label);
    return chance > 0.97 ? typicalMs * (5 + 400 * (chance - 0.97)) : typicalMs * (0.4 + 1.2 * chance);
  }

  /** Plans an event; one of a Region waits while the Region is frozen or down. */
  after(delayMs: number, region: string | undefined, run: () => void, periodic = false): { cancel(): void } {
    const event: SimulatedEvent = {
      at: this.nowMs + Math.max(0, delayMs),
      order: this.order++,
      region,
      periodic,
      cancelled: false,
      run,
    };
    this.push(event);
    if (!periodic) this.pending += 1;
    return {
      cancel: () => {
        if (event.cancelled) return;
        event.cancelled = true;
        if (!periodic) this.pending -= 1;
      },
    };
  }

  setTimer(activation: Activation | undefined, delayMs: number, run: () => void): { cancel(): void } {
    const periodic = activation?.functionName.includes("-watch") ?? false;
    return this.after(delayMs, activation?.region, () => activation?.dead || run(), periodic);
  }

  /** True while something is to come besides schedules. */
  get isBusy(): boolean {
    return this.pending > 0;
  }

  /** Called when a Region goes down, to end what runs there. */
  onDown(end: (region: string) => void): void {
    this.enders.push(end);
  }

  /** Called when a Region stops or goes on. */
  onCondition(watch: (region: string, isUp: boolean) => void): void {
    this.watchers.push(watch);
  }

  /** Counts the executions that were started for an order in a Region. */
  countExecution(orderId: string, region: string): void {
    const key = `${orderId}/${region}`;
    this.executions.set(key, (this.executions.get(key) ?? 0) + 1);
  }

  executionsOf(orderId: string, region: string): number {
    return this.executions.get(`${orderId}/${region}`) ?? 0;
  }

  setCondition(region: string, condition: RegionCondition): void {
    this.tell(`== ${region} is ${condition}`);
    this.conditions.set(region, condition);
    for (const watch of this.watchers) watch(region, condition === "up");
    if (condition === "down" || condition === "lost") for (const end of this.enders) end(region);
    if (condition !== "up") return;
    const released = this.held.filter((event) => event.region === region);
    this.held = this.held.filter((event) => event.region !== region);
    for (const event of released) {
      // Waiting events keep their order, spread over the first second.
      event.at = this.nowMs + 1 + (event.order % 997);
      this.push(event);
    }
  }

  /** Takes the next event and runs it; false if there is none. */
  step(): boolean {
    for (;;) {
      const event = this.pop();
      if (!event) return false;
      if (event.cancelled) continue;
      if (event.region !== undefined && !this.isUp(event.region)) {
        if (this.condition(event.region) === "lost") {
          // As if it had run: a later cancellation must not count it again.
          event.cancelled = true;
          if (!event.periodic) this.pending -= 1;
        } else this.held.push(event);
        continue;
      }
      this.nowMs = Math.max(this.nowMs, event.at);
      event.cancelled = true;
      if (!event.periodic) this.pending -= 1;
      this.events += 1;
      event.run();
      return true;
    }
  }

  private push(event: SimulatedEvent): void {
    const { heap } = this;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(event, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = event;
  }

  private pop(): SimulatedEvent | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || first === last) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

const before = (first: SimulatedEvent, second: SimulatedEvent) =>
  first.at < second.at || (first.at === second.at && first.order < second.order);

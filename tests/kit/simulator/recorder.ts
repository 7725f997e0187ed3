import type { Arrival } from "../../../local/aws/replication";
import type { FunctionCall, OutgoingCall } from "../../../local/aws/traces";
import type { Incident } from "../../../local/chaos";
import { newestCopies } from "../../../local/console/orders/orders";
import { assembleTimeline, type ExecutionRun, type OrderTimeline } from "../../../local/console/orders/timeline";
import { toWorkflow } from "../../../local/console/orders/workflow";
import type { OrderWrite } from "../../../local/console/orders/writes";
import { type Recording, toRecording } from "../../../local/console/recording";
import type { ConsoleState, ExecutionView, MessageView, OrderView, PageSettings } from "../../../local/console/state";
import type { Call } from "../../../local/providers";
import { toOrderRecords } from "../../../local/providers/records";
import type { Mail, Services } from "./cloud";
import type { CallResult, Functions } from "./functions";
import type { OrderPlan } from "./orderPlans";
import { REGIONS, type SimulatedStack, TABLES } from "./program";
import type { Providers } from "./providers";
import type { Change, Tables } from "./tables";
import type { Activation } from "./virtualTime";
import type { Execution, Workflows } from "./workflows";
import type { World } from "./world";

interface Recorded {
  call: FunctionCall;
  /** Event and answer as text, in which an order's id is found. */
  text: string;
}

/** Operations of the providers, by the last part of the path. */
const OPERATIONS: Readonly<Record<string, Call["operation"]>> = {
  authorization: "authorize",
  capture: "capture",
  void: "void",
  refund: "refund",
  refunds: "refundPart",
};

/** Records a schedule in the form of the console's recordings. It only watches: the schedule stays the same. */
export class Recorder {
  private readonly calls = new Map<Activation, Recorded>();
  private readonly runs = new Map<Execution, ExecutionRun>();
  private readonly writes: OrderWrite[] = [];
  /** Times of the writes that have not arrived in the other Region. */
  private readonly underWay = new Map<string, string[]>();
  private readonly arrivals: Arrival[] = [];
  private readonly providerCalls: Call[] = [];

  constructor(
    private readonly world: World,
    {
      tables,
      functions,
      workflows,
      services,
    }: { tables: Tables; functions: Functions; workflows: Workflows; services: Services },
  ) {
    functions.onCall = (activation, event) => this.onCall(activation, event);
    workflows.onHistory = (execution, event) => this.onHistory(execution, event);
    tables.onChange((change) => this.onChange(change));
    services.onRequest = (activation, title, subject) => this.onRequest(activation, title, subject);
    services.onProviderCall = (method, url, status) => this.onProviderCall(method, url, status);
  }

  private now(): string {
    return new Date(this.world.now()).toISOString();
  }

  private onCall(activation: Activation, event: unknown): (result: CallResult) => void {
    const { region, functionName } = activation;
    const call: FunctionCall = {
      traceId: `call-${this.calls.size}`,
      ...{ region, functionName, at: this.now(), isColdStart: false, calls: [] },
    };
    const recorded = { call, text: toText(event) };
    this.calls.set(activation, recorded);
    return (result) => {
      call.endAt = this.now();
      if (result.ok) recorded.text += toText(result.value);
      else call.error = `${result.error}: ${result.message}`;
    };
  }

  private onRequest(activation: Activation, title: string, subject: string | undefined): (error?: Error) => void {
    const request: OutgoingCall = { title, subject, at: this.now(), endAt: this.now() };
    this.calls.get(activation)?.call.calls.push(request);
    return (error) => {
      request.endAt = this.now();
      request.error = error?.name;
    };
  }

  private onProviderCall(method: string, url: string, status: number): void {
    const [, kind, id = "", operation = ""] = new URL(url).pathname.split("/");
    const at = this.now();
    this.providerCalls.push({
      system: kind === "payments" ? "payment" : "shipping",
      operation: method === "GET" ? "read" : (OPERATIONS[operation] ?? "ship"),
      orderId: decodeURIComponent(id),
      ...{ at, effectAt: at, status },
    });
  }

  private onHistory(execution: Execution, event: { entered?: string; isWaiting?: boolean; error?: string }): void {
    const { region, arn } = execution;
    const run = this.runs.get(execution) ?? { name: arn.split(":").at(-1)!, region, status: "RUNNING", states: [] };
    this.runs.set(execution, run);
    const current = run.states.at(-1);
    if (event.error !== undefined) current?.errors.push(event.error);
    else {
      if (current) current.endAt ??= this.now();
      if (event.entered !== undefined)
        run.states.push({
          name: event.entered,
          at: this.now(),
          errors: [],
          ...(event.isWaiting && { isWaiting: true as const }),
        });
    }
    run.status = execution.status;
    run.error = execution.error;
  }

  private onChange({ table, region, key, before, after, origin }: Change): void {
    const { orderId } = key;
    if (typeof orderId !== "string" || (table !== TABLES.orders && table !== TABLES.cards)) return;
    const at = this.now();
    this.writes.push({ region, tableName: table, at, before, after });
    const id = `${table}/${orderId}/${key["region"]}`;
    const underWay = this.underWay.get(`${origin}/${id}`) ?? [];
    this.underWay.set(`${origin}/${id}`, underWay);
    if (origin === region) underWay.push(at);
    else if (origin !== "before")
      this.arrivals.push({
        table,
        key: [orderId, String(key["region"])],
        from: origin,
        to: region,
        writtenAt: underWay.shift() ?? at,
        arrivedAt: at,
      });
  }

  /** Puts what was recorded into the form of a saved run. */
  toRecording(
    seed: number,
    plans: readonly OrderPlan[],
    {
      tables,
      providers,
      mails,
      stack,
    }: { tables: Tables; providers: Providers; mails: readonly Mail[]; stack: SimulatedStack },
  ): Recording {
    const incidents = incidentsOf(this.world);
    const messages = mails.map((mail, index) => toMessage(mail, index, this.world.startMs));
    const timelines: Record<string, OrderTimeline> = {};
    const orders: OrderView[] = [];
    for (const { orderId } of plans) {
      const items = REGIONS.flatMap((region) => tables.items(region, TABLES.orders)).filter(
        (item) => item["orderId"] === orderId && item["kind"] === "order",
      );
      const newest = newestCopies(items as never);
      const runs = [...this.runs.values()].filter(({ name }) => name.startsWith(orderId));
      const timeline = assembleTimeline(orderId, {
        items: newest,
        runs,
        calls: [...this.calls.values()].filter(({ text }) => text.includes(orderId)).map(({ call }) => call),
        lines: [],
        providerCalls: this.providerCalls.filter((call) => call.orderId === orderId),
        writes: this.writes.filter(({ before, after }) => (after ?? before)?.["orderId"] === orderId),
        workflow: toWorkflow(stack.workflow.definition as never),
        arrivals: this.arrivals.filter(({ key: [id] }) => id === orderId),
        messages: messages.filter(({ text }) => text.includes(orderId)),
        incidents,
      });
      // The store has never accepted it.
      if (timeline === undefined) continue;
      timelines[orderId] = { ...timeline, missing: [] };
      const records = toOrderRecords(orderId, providers.payments.get(orderId), providers.shipments.get(orderId));
      orders.push({ orderId, items: newest, executions: runs.map(toExecutionView), records });
    }
    const state: Partial<ConsoleState> = {
      regions: {
        regions: REGIONS.map((region) => {
          const condition = this.world.condition(region);
          return {
            region,
            stack: "simulated",
            endpoint: "under virtual time",
            up: condition === "up",
            state: condition === "down" ? "dead" : condition,
          };
        }),
      },
      events: { events: incidents.toReversed(), pending: [] },
      orders: { orders: orders.toReversed(), total: orders.length },
      messages: messages.toReversed(),
      queues: [],
      logs: [],
      notEmulated: [],
    };
    return toRecording({ title: `Simulated schedule of seed ${seed}`, settings: SETTINGS, state, timelines });
  }
}

const SETTINGS: PageSettings = {
  testCards: [],
  operations: {},
  faultKinds: {},
  regions: [...REGIONS],
  chaos: false,
  load: false,
};

const toText = (value: unknown) => (value === undefined ? "" : JSON.stringify(value));

/** Failures of Regions and of the link, repairs and broken promises: what the trace tells of the whole store. */
function incidentsOf({ trace, startMs }: World): Incident[] {
  return trace.flatMap((line) => {
    const [, seconds, what] = /^([\d.]+) (?:== |(?=VIOLATED))(.*)$/.exec(line) ?? [];
    return what === undefined ? [] : [{ at: new Date(startMs + Number(seconds) * 1_000).toISOString(), what }];
  });
}

function toMessage({ region, to, ids, atMs }: Mail, index: number, startMs: number): MessageView {
  return {
    kind: "mail",
    id: `mail-${index}`,
    to,
    subject: ids.map((id) => id.slice(id.indexOf("-") + 1)).join(", "),
    text: ids.join("\n"),
    at: new Date(startMs + atMs).toISOString(),
    region,
  };
}

const toExecutionView = ({ name, region, status, error, states }: ExecutionRun): ExecutionView => ({
  ...{ name, region, status, error },
  startedAt: states[0]?.at ?? "",
  path: states.map((state) => state.name),
});

import { setImmediate as nextTurn } from "node:timers/promises";
import type { Lag } from "../aws/replication";
import type { Chaos } from "../chaos";
import type { FaultOrder, Pace, ProviderControls } from "../providers";
import type { EventLog } from "./eventLog";
import type { Demo } from "./load/demo";
import type { Load, LoadOrder } from "./load/load";
import type { OrderActions } from "./orders/orderActions";
import type { ConsoleState } from "./state";

/** Actions on a Region. */
type RegionAction = "kill" | "return" | "lose" | "freeze" | "thaw";

/** Actions on one order. */
export type OrderAction = "cancel-order" | "kill-function" | "redeliver" | "sweep";

/** Request of the page or of `npm run chaos`. */
export type Action =
  | { action: "fault"; order: FaultOrder }
  | { action: "clear-faults"; id?: string }
  | { action: "hold"; orderId?: string }
  | { action: "release"; orderId?: string }
  | { action: "pace"; pace: Partial<Pace> }
  | { action: RegionAction; region: string }
  | { action: "cut" }
  | { action: "heal" }
  | { action: "lag"; lag: Lag }
  | { action: "load"; load: LoadOrder }
  | { action: "stop-load" }
  | { action: "demo" }
  | { action: OrderAction; orderId: string };

/** Objects that the actions control. */
export interface Controls {
  providers: ProviderControls;
  events: EventLog;
  orders: OrderActions;
  /** Default: actions on Regions are refused. */
  chaos?: Chaos;
  /** Default: refused, for a store without an address. */
  load?: Load;
  demo?: Demo;
}

/** Result of an action: the part of the page that it changes, and a sentence if there is more to say. */
export interface Performed {
  part: keyof ConsoleState;
  detail?: string;
}

/** Words for a pending action: its subject, and what happens to it. */
const PENDING: Partial<Record<Action["action"], string>> = {
  kill: "is being killed",
  return: "is returning: its processes start and its search index is rebuilt",
  lose: "is being deleted",
  freeze: "is being frozen",
  thaw: "is being thawed",
  cut: "is being cut",
  heal: "is being restored",
  load: "customers sign up",
  "cancel-order": "is being cancelled",
  sweep: "the sweeper runs",
};

/**
 * Performs the action, which is shown as pending meanwhile.
 *
 * @throws RangeError with a sentence for the user.
 */
export async function perform(request: unknown, controls: Controls): Promise<Performed> {
  const { action, ...rest } = Object(request) as Action & Record<string, unknown>;
  const words = PENDING[action];
  const subject = toText(rest["region"]) ?? toText(rest["orderId"]) ?? (action === "load" ? "load" : "link");
  const end = words === undefined ? () => undefined : controls.events.begin(subject, words);
  try {
    // Some actions block this process for seconds; the pages learn before that it has begun.
    await nextTurn();
    return await performOne(action, rest, controls);
  } finally {
    end();
  }
}

async function performOne(
  action: Action["action"],
  rest: Record<string, unknown>,
  { providers, events, orders, chaos, load, demo }: Controls,
): Promise<Performed> {
  const orderId = toText(rest["orderId"]);
  switch (action) {
    case "fault": {
      const { system, operation, kind, left } = providers.fault(rest["order"] as FaultOrder);
      events.add(
        `fault "${kind}" for ${system} ${operation}, ${left === "always" ? "until cleared" : `${left} times`}`,
      );
      return { part: "providers" };
    }
    case "clear-faults":
      providers.clearFaults(toText(rest["id"]));
      events.add(rest["id"] === undefined ? "all faults cleared" : "a fault cleared");
      return { part: "providers" };
    case "hold":
      providers.holdShipments(orderId);
      events.add(orderId === undefined ? "all parcels held" : `the parcel of order ${orderId} held`, orderId);
      return { part: "providers", detail: orderId && "The parcel is held." };
    case "release":
      providers.releaseShipments(orderId);
      events.add(orderId === undefined ? "all parcels released" : `the parcel of order ${orderId} released`, orderId);
      return { part: "providers", detail: orderId && "The parcel is released." };
    case "pace": {
      const shipmentStepMs = (rest["pace"] as Partial<Pace> | undefined)?.shipmentStepMs;
      if (typeof shipmentStepMs !== "number" || !(shipmentStepMs >= 0))
        throw new RangeError("`pace.shipmentStepMs` must be a number of milliseconds, 0 or more.");
      providers.setPace({ shipmentStepMs });
      events.add(`parcel steps take ${shipmentStepMs} ms`);
      return { part: "providers" };
    }
    case "kill":
    case "return":
    case "lose":
    case "freeze":
    case "thaw":
      await requireChaos(chaos)[action](toText(rest["region"]) ?? "");
      return { part: "regions" };
    case "cut":
    case "heal":
      await requireChaos(chaos)[action]();
      return { part: "regions" };
    case "lag":
      await requireChaos(chaos).lag(rest["lag"] as Lag);
      return { part: "regions" };
    case "load":
      await requireLoad(load).start(Object(rest["load"]) as LoadOrder);
      return { part: "load" };
    case "stop-load":
      await requireLoad(load).stop();
      return { part: "load" };
    case "demo":
      if (demo === undefined) throw new RangeError("This console has no demonstration.");
      demo.start();
      return { part: "load" };
    case "cancel-order":
      return { part: "orders", detail: await orders.cancel(requireOrder(orderId)) };
    case "kill-function":
      return { part: "events", detail: orders.kill(requireOrder(orderId)) };
    case "redeliver":
      return { part: "events", detail: orders.redeliver(requireOrder(orderId)) };
    case "sweep":
      return { part: "events", detail: await orders.sweep(orderId) };
    default:
      throw new RangeError(`The console has no action "${action as string}".`);
  }
}

function requireChaos(chaos: Chaos | undefined): Chaos {
  if (chaos === undefined)
    throw new RangeError('This console does not control Regions: start the store with "npm start".');
  return chaos;
}

function requireLoad(load: Load | undefined): Load {
  if (load === undefined) throw new RangeError("This console cannot place orders: the store has no address.");
  return load;
}

function requireOrder(orderId: string | undefined): string {
  if (orderId === undefined) throw new RangeError("The action needs the id of an order.");
  return orderId;
}

function toText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

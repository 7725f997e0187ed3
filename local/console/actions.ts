import type { Lag } from "../aws/replication";
import type { Chaos } from "../chaos";
import type { FaultOrder, Pace, ProviderControls } from "../providers";
import type { ConsoleState } from "./state";

/** Actions on a Region. */
export const regionActions = ["kill", "return", "lose", "freeze", "thaw"] as const;
type RegionAction = (typeof regionActions)[number];

/** A request of the page or of `npm run chaos`. */
export type Action =
  | { action: "fault"; order: FaultOrder }
  | { action: "clear-faults"; id?: string }
  | { action: "hold"; orderId?: string }
  | { action: "release"; orderId?: string }
  | { action: "pace"; pace: Partial<Pace> }
  | { action: RegionAction; region: string }
  | { action: "cut" }
  | { action: "heal" }
  | { action: "lag"; lag: Lag };

/** Objects that the actions control. */
export interface Controls {
  outside: ProviderControls;
  /** Default: actions on Regions are refused. */
  chaos?: Chaos;
}

/**
 * Performs the action and returns the part of the page that it changes.
 *
 * @throws RangeError with a sentence for the user.
 */
export async function perform(request: unknown, { outside, chaos }: Controls): Promise<keyof ConsoleState> {
  const { action, ...rest } = (request ?? {}) as Action & Record<string, unknown>;
  switch (action) {
    case "fault":
      outside.fault(rest["order"] as FaultOrder);
      return "outside";
    case "clear-faults":
      outside.clearFaults(text(rest["id"]));
      return "outside";
    case "hold":
      outside.holdShipments(text(rest["orderId"]));
      return "outside";
    case "release":
      outside.releaseShipments(text(rest["orderId"]));
      return "outside";
    case "pace": {
      const shipmentStepMs = (rest["pace"] as Partial<Pace> | undefined)?.shipmentStepMs;
      if (typeof shipmentStepMs !== "number" || !(shipmentStepMs >= 0))
        throw new RangeError("`pace.shipmentStepMs` must be a number of milliseconds, 0 or more.");
      outside.setPace({ shipmentStepMs });
      return "outside";
    }
    case "kill":
    case "return":
    case "lose":
    case "freeze":
    case "thaw":
      await regions(chaos)[action](text(rest["region"]) ?? "");
      return "regions";
    case "cut":
    case "heal":
      await regions(chaos)[action]();
      return "regions";
    case "lag":
      await regions(chaos).lag(rest["lag"] as Lag);
      return "regions";
    default:
      throw new RangeError(`There is no action "${action}" in the console.`);
  }
}

function regions(chaos: Chaos | undefined): Chaos {
  if (chaos === undefined)
    throw new RangeError('This console does not control Regions: start the store with "npm start".');
  return chaos;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

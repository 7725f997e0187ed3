import type { Lag } from "../aws/replication";
import type { Chaos } from "../chaos";
import type { FaultOrder, Pace, ProviderControls } from "../providers";
import type { ConsoleState } from "./state";

/** Actions on a Region. */
type RegionAction = "kill" | "return" | "lose" | "freeze" | "thaw";

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
  | { action: "lag"; lag: Lag };

/** Objects that the actions control. */
export interface Controls {
  providers: ProviderControls;
  /** Default: actions on Regions are refused. */
  chaos?: Chaos;
}

/**
 * Performs the action and returns the part of the page that it changes.
 *
 * @throws RangeError with a sentence for the user.
 */
export async function perform(request: unknown, { providers, chaos }: Controls): Promise<keyof ConsoleState> {
  const { action, ...rest } = Object(request) as Action & Record<string, unknown>;
  const orderId = toText(rest["orderId"]);
  switch (action) {
    case "fault":
      providers.fault(rest["order"] as FaultOrder);
      return "providers";
    case "clear-faults":
      providers.clearFaults(toText(rest["id"]));
      return "providers";
    case "hold":
      providers.holdShipments(orderId);
      return "providers";
    case "release":
      providers.releaseShipments(orderId);
      return "providers";
    case "pace": {
      const shipmentStepMs = (rest["pace"] as Partial<Pace> | undefined)?.shipmentStepMs;
      if (typeof shipmentStepMs !== "number" || !(shipmentStepMs >= 0))
        throw new RangeError("`pace.shipmentStepMs` must be a number of milliseconds, 0 or more.");
      providers.setPace({ shipmentStepMs });
      return "providers";
    }
    case "kill":
    case "return":
    case "lose":
    case "freeze":
    case "thaw":
      await requireChaos(chaos)[action](toText(rest["region"]) ?? "");
      return "regions";
    case "cut":
    case "heal":
      await requireChaos(chaos)[action]();
      return "regions";
    case "lag":
      await requireChaos(chaos).lag(rest["lag"] as Lag);
      return "regions";
    default:
      throw new RangeError(`The console has no action "${action}".`);
  }
}

function requireChaos(chaos: Chaos | undefined): Chaos {
  if (chaos === undefined)
    throw new RangeError('This console does not control Regions: start the store with "npm start".');
  return chaos;
}

function toText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

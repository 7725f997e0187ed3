import type { FaultOrder, OutsideControls, Pace } from "../outside";

/** What the page can ask for. */
export type Action =
  | { action: "fault"; order: FaultOrder }
  | { action: "clear-faults"; id?: string }
  | { action: "hold"; orderId?: string }
  | { action: "release"; orderId?: string }
  | { action: "pace"; pace: Partial<Pace> };

/**
 * Does what the page asked for.
 *
 * @throws RangeError with a sentence for the person who asked.
 */
export function perform(request: unknown, controls: OutsideControls): void {
  const { action, ...rest } = (request ?? {}) as Action & Record<string, unknown>;
  switch (action) {
    case "fault":
      controls.fault(rest["order"] as FaultOrder);
      return;
    case "clear-faults":
      controls.clearFaults(text(rest["id"]));
      return;
    case "hold":
      controls.holdShipments(text(rest["orderId"]));
      return;
    case "release":
      controls.releaseShipments(text(rest["orderId"]));
      return;
    case "pace": {
      const shipmentStepMs = (rest["pace"] as Partial<Pace> | undefined)?.shipmentStepMs;
      if (typeof shipmentStepMs !== "number" || !(shipmentStepMs >= 0))
        throw new RangeError("The pace must be milliseconds.");
      controls.setPace({ shipmentStepMs });
      return;
    }
    default:
      throw new RangeError("The console knows no such action.");
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

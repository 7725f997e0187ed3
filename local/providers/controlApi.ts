import type { Answer, Pace } from "./contract";
import type { ProviderControls } from "./controls";
import type { FaultOrder } from "./faults";

/**
 * Serves the controls over HTTP, below `/control` of either provider, for scripts on this machine.
 *
 * - `GET /records`, `GET /records/{orderId}`, `GET /calls`
 * - `GET /faults`, `POST /faults` (a fault to order), `DELETE /faults`, `DELETE /faults/{id}`
 * - `POST /shipments/hold`, `POST /shipments/release` (`{ orderId? }`)
 * - `GET /pace`, `POST /pace`
 */
export function controlApi(controls: ProviderControls): (method: string, path: string, body: unknown) => Answer {
  return (method, path, body) => {
    const [, resource, id] = path.split("/").map(decodeURIComponent);
    switch (`${method} ${resource}`) {
      case "GET records":
        return ok(id === undefined ? { records: controls.allRecords() } : { ...controls.records(id) });
      case "GET calls":
        return ok({ calls: controls.calls() });
      case "GET faults":
        return ok({ faults: controls.faults(), holds: controls.holds() });
      case "POST faults":
        return attempt(() => ({ ...controls.fault(body as FaultOrder) }));
      case "DELETE faults":
        controls.clearFaults(id);
        return ok({ faults: controls.faults() });
      case "POST shipments": {
        const orderId = (body as { orderId?: string } | undefined)?.orderId;
        if (id === "hold") controls.holdShipments(orderId);
        else if (id === "release") controls.releaseShipments(orderId);
        else return { status: 404, body: { error: "not_found" } };
        return ok({ holds: controls.holds() });
      }
      case "GET pace":
        return ok({ ...controls.pace() });
      case "POST pace":
        return attempt(() => {
          controls.setPace(checkedPace(body));
          return { ...controls.pace() };
        });
      default:
        return { status: 404, body: { error: "not_found" } };
    }
  };
}

function ok(body: Record<string, unknown>): Answer {
  return { status: 200, body };
}

function attempt(act: () => Record<string, unknown>): Answer {
  try {
    return ok(act());
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    return { status: 400, body: { error: "invalid_request", detail: error.message } };
  }
}

function checkedPace(body: unknown): Partial<Pace> {
  const given = (body ?? {}) as Partial<Record<keyof Pace, unknown>>;
  const pace: Partial<Pace> = {};
  for (const name of ["pendingMs", "shipmentStepMs"] as const) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= 0))
      throw new RangeError(`\`${name}\` must be milliseconds, 0 or more.`);
    pace[name] = value;
  }
  return pace;
}

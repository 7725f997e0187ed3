import { randomInt } from "node:crypto";
import type { Answer, ShipmentEntry, ShipmentRecord, ShipmentRequest, ShipmentStatus } from "./contract";
import type { Journal } from "./journal";

/** Postcodes and countries that no carrier serves, so that a person can see an impossible shipment. */
const unreachable = { postcodes: ["00000", "99999"], countries: ["AQ"] } as const;

/** A product that no carrier takes: an order line with this product id makes the shipment impossible. */
const unshippableProductId = "unshippable";

/**
 * The shipping provider's ledger: one shipment an order. Its answer is final, "impossible" included; an accepted
 * shipment moves to in-transit and delivered by itself.
 */
export class ShippingLedger {
  private readonly shipments = new Map<string, ShipmentRecord>();
  /** Orders whose parcel is under way. */
  private readonly moving = new Set<string>();
  private readonly held = new Set<string>();
  private allHeld = false;

  /**
   * @param journal Keeps the ledger over a restart.
   * @param onChange Called after each change of a status, not for repeats.
   * @param trackingUrl Address of a parcel's page. Default: none.
   */
  constructor(
    private readonly journal: Journal<ShipmentRecord>,
    private readonly onChange: (shipment: ShipmentRecord) => void,
    private readonly stepMs: () => number,
    private readonly now: () => Date = () => new Date(),
    private readonly trackingUrl: (trackingNumber: string) => string | undefined = () => undefined,
  ) {
    for (const shipment of journal.read()) this.keep(shipment);
  }

  /** @param impossible A reason, where a fault decides in place of the address. */
  ship(orderId: string, request: ShipmentRequest, impossible?: string): Answer {
    const known = this.shipments.get(orderId);
    if (known) return answerTo(known);
    const reason = impossible ?? obstacle(request);
    const trackingNumber = `HP${String(randomInt(1e9)).padStart(9, "0")}`;
    const shipment: ShipmentRecord = reason
      ? { orderId, status: "impossible", reason, entries: [] }
      : {
          orderId,
          status: "accepted",
          carrier: "Harbour Parcel",
          trackingNumber,
          trackingUrl: this.trackingUrl(trackingNumber),
          entries: [],
        };
    this.move(shipment, shipment.status as ShipmentEntry["what"]);
    return answerTo(shipment);
  }

  read(orderId: string): Answer {
    const shipment = this.shipments.get(orderId);
    return { status: 200, body: shipment ? bodyOf(shipment) : { status: "none" } };
  }

  /** Keeps one order's shipment, or every shipment, where it is. */
  hold(orderId?: string): void {
    if (orderId === undefined) this.allHeld = true;
    else this.held.add(orderId);
  }

  /** Ends a hold; without an order every hold. */
  release(orderId?: string): void {
    if (orderId !== undefined) this.held.delete(orderId);
    else {
      this.allHeld = false;
      this.held.clear();
    }
  }

  /** Held parcels: all, or those of these orders. */
  holds(): { all: boolean; orderIds: string[] } {
    return { all: this.allHeld, orderIds: [...this.held] };
  }

  /** Moves shipments whose time has come, by one step each. */
  moveDue(): void {
    if (this.allHeld) return;
    for (const orderId of this.moving) {
      const shipment = this.shipments.get(orderId);
      const next = shipment && nextOf[shipment.status];
      const since = shipment?.entries.at(-1)?.at;
      if (!shipment || !next || !since || this.held.has(orderId)) continue;
      if (this.now().getTime() - Date.parse(since) >= this.stepMs()) this.move(shipment, next);
    }
  }

  /** A copy of one order's shipment. */
  get(orderId: string): ShipmentRecord | undefined {
    return structuredClone(this.shipments.get(orderId));
  }

  /** A copy of the shipment with this tracking number. */
  findParcel(trackingNumber: string): ShipmentRecord | undefined {
    return this.list().find((shipment) => shipment.trackingNumber === trackingNumber);
  }

  /** Copies of all shipments, in the order of their first call. */
  list(): ShipmentRecord[] {
    return structuredClone([...this.shipments.values()]);
  }

  private move(shipment: ShipmentRecord, status: ShipmentEntry["what"]): void {
    shipment.status = status;
    const reason = shipment.reason ? { reason: shipment.reason } : {};
    shipment.entries.push({ at: this.now().toISOString(), what: status, ...reason });
    this.keep(shipment);
    this.journal.append(shipment);
    this.onChange(structuredClone(shipment));
  }

  private keep(shipment: ShipmentRecord): void {
    this.shipments.set(shipment.orderId, shipment);
    if (nextOf[shipment.status]) this.moving.add(shipment.orderId);
    else this.moving.delete(shipment.orderId);
  }
}

const nextOf: Partial<Record<ShipmentStatus, ShipmentEntry["what"]>> = {
  accepted: "in-transit",
  "in-transit": "delivered",
};

function bodyOf(shipment: ShipmentRecord): Record<string, unknown> {
  const { status, trackingNumber, carrier, trackingUrl, reason } = shipment;
  return { status, trackingNumber, carrier, trackingUrl, reason };
}

/** A repeated ship call answers as the first did, however far the parcel has come since. */
function answerTo(shipment: ShipmentRecord): Answer {
  return shipment.status === "impossible"
    ? { status: 422, body: bodyOf(shipment) }
    : { status: 200, body: { ...bodyOf(shipment), status: "accepted" } };
}

function obstacle({ address, lines }: ShipmentRequest): string | undefined {
  const text = (...names: string[]): string | undefined =>
    names.map((name) => address[name]).find((value) => typeof value === "string") as string | undefined;
  const postcode = text("postcode", "postalCode", "zip")?.trim();
  if (postcode !== undefined && unreachable.postcodes.some((one) => one === postcode)) {
    return `No carrier delivers to ${postcode}.`;
  }
  const country = text("country", "countryCode")?.trim().toUpperCase();
  if (country !== undefined && unreachable.countries.some((one) => one === country)) {
    return `No carrier delivers to ${country}.`;
  }
  const barred = lines.some((line) => (line as { productId?: unknown } | null)?.productId === unshippableProductId);
  return barred ? "No carrier takes this product." : undefined;
}

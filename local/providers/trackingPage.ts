import { escapeMarkup } from "../../domain/text/escapeMarkup";
import { frame, message, type Pages } from "./challengePage";
import type { ShipmentEntry } from "./contract";
import type { ShippingLedger } from "./shippingLedger";

const PATH = "/parcels/";

export const trackingPath = (trackingNumber: string): string => `${PATH}${trackingNumber}`;

/** Serves the pages on which customers follow parcels, as a carrier's would. They name neither the customer nor the order. */
export function trackingPages(ledger: ShippingLedger): Pages {
  const show: Pages["show"] = (method, path) => {
    if (method !== "GET") return showPage(405, message("This page can only be opened."));
    const parcel = ledger.findParcel(path.slice(PATH.length));
    if (!parcel) return showPage(404, message("There is no such parcel."));
    const steps = parcel.entries.map(
      ({ at, what }) =>
        `<dt>${escapeMarkup(at.slice(0, 16).replace("T", " "))} UTC</dt><dd>${WORDS[what] ?? what}</dd>`,
    );
    const number = `<p>Parcel <code>${escapeMarkup(parcel.trackingNumber ?? "")}</code></p>`;
    return showPage(200, `${message(WORDS[parcel.status] ?? "Your parcel")}<dl>${steps.join("")}</dl>${number}`);
  };
  return { below: PATH, show };
}

const WORDS: Partial<Record<string, string>> = {
  accepted: "Accepted by the carrier",
  "in-transit": "On its way",
  delivered: "Delivered",
} satisfies Partial<Record<ShipmentEntry["what"], string>>;

const showPage = (status: number, content: string) =>
  frame(status, content, "", {
    title: "Follow your parcel – local carrier",
    head: "Harbour Parcel",
    foot: "It stands for a carrier's page; no parcel moves.",
  });

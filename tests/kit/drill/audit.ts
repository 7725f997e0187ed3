import { effectiveItem, isCustomerStatus, isFinal, isFulfilled, type OrderStatus, toMail } from "../../../domain/order";
import type { OrderRecords } from "../../../local/providers";
import type { Store } from "../../../local/store";
import type { Acknowledged } from "./customers";
import { type Item, itemsIn } from "./shopper";

/** An acknowledged order after a drill, as each living Region has it. */
export interface Outcome {
  orderId: string;
  status?: OrderStatus;
  /** Deviations from the expected outcome, as sentences. */
  faults: string[];
}

/** Compares an order with the live Regions' tables, the providers' records and the customers' mailboxes. */
export async function outcomeOf(
  store: Store,
  { orderId }: Pick<Acknowledged, "orderId">,
  /** Lost Regions. Their last writes may not have been replicated. */
  lost: readonly string[] = [],
): Promise<Outcome> {
  const living = Object.values(store.regions).filter(({ state }) => state === "up");
  const copies = await Promise.all(living.map(({ region }) => itemsIn(store, region, orderId)));
  const [items = []] = copies;
  const effective = effectiveItem(items);
  if (effective === undefined) return { orderId, faults: ["no Region has it"] };
  const faults: string[] = [];
  if (copies.some((copy) => sameOf(copy) !== sameOf(items))) faults.push("the Regions do not agree on it");
  if (!isFinal(effective.status)) faults.push(`it is still ${effective.status}`);
  // No other Region may write a lost Region's item, which may therefore stay as it was.
  const notSuperseded = items.filter(({ status, region }) => isCustomerStatus(status) && !lost.includes(region));
  if (notSuperseded.length > 1) {
    faults.push(`${notSuperseded.map(({ region, status }) => `${region} has ${status}`).join(" and ")}`);
  }
  faults.push(...wrongRecords(store.providers.controls.records(orderId), effective.status));
  faults.push(...missingNotifications(store, items, effective, lost));
  return { orderId, status: effective.status, faults };
}

const sameOf = (items: readonly Item[]) =>
  JSON.stringify(items.map(({ region, status, epoch }) => [region, status, epoch]).sort());

/** A delivered order has one charge and one shipment; a cancelled order has no shipment, and no charge or a refunded one. */
function wrongRecords({ captures, refunds, shipments }: OrderRecords, status: OrderStatus): string[] {
  const counted = `${captures.length} charges, ${refunds.length} refunds, ${shipments.length} shipments`;
  const right = isFulfilled(status)
    ? captures.length === 1 && refunds.length === 0 && shipments.length === 1
    : captures.length <= 1 && refunds.length === captures.length && shipments.length === 0;
  return right || !isFinal(status) ? [] : [`it is ${status} with ${counted}`];
}

/** Each status that a live Region wrote must have a mail, and the final status always. */
function missingNotifications(
  store: Store,
  items: readonly Item[],
  effective: Item,
  lost: readonly string[],
): string[] {
  const texts = store.mail().filter(({ text }) => text.includes(effective.orderId));
  const changes = items
    .flatMap(({ history }) => history)
    .filter(({ status, region }) => isCustomerStatus(status) && !lost.includes(region));
  const statuses = new Set([...changes.map(({ status }) => status), effective.status]);
  return [...statuses].flatMap((status) => {
    if (!isCustomerStatus(status)) return [];
    const { subject } = toMail(anOrder(effective.orderId), status, "Stayopen");
    return texts.some((mail) => mail.subject === subject) ? [] : [`no mail reports ${status}`];
  });
}

/** An order with a payment: the mails of free orders have other subjects. */
const anOrder = (orderId: string): Parameters<typeof toMail>[0] => ({
  orderId,
  lines: [],
  total: { amount: 100, currency: "USD" },
  shipping: { name: "", street: "", city: "", postalCode: "", country: "US" },
  payment: { kind: "card" },
  shipment: {},
});

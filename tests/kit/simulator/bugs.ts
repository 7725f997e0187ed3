import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { OrderStore } from "../../../components/orderService/handlers/orderStore";
import { HttpPaymentProvider } from "../../../components/orderService/payment/http/provider";
import * as streams from "../../../components/runtime/inOrder";
import type { OrderItem, Partition } from "../../../domain/order";
import * as effective from "../../../domain/order/effective";
import * as identity from "../../../domain/order/identity";
import * as outcomes from "../../../domain/order/outcomes";
import * as steps from "../../../domain/order/steps";
import * as writes from "../../../domain/order/writes";

/** A deliberate mistake in the store's code: what the simulator must find. */
export interface Bug {
  /** The mistake, as the end of a sentence that begins with “the store”. */
  name: string;
  /** A seed near which it is found; 0 where that is soon. */
  near: number;
  /** Puts the mistake into the loaded modules; returns what takes it out again. */
  plant(): () => void;
}

/** Replaces a function of a module or a method of a class. Modules call each other's exports by name, so all callers get it. */
function replace<Host extends object, Name extends keyof Host>(
  host: Host,
  name: Name,
  make: (original: Host[Name]) => Host[Name],
): () => void {
  const original = host[name];
  host[name] = make(original);
  return () => {
    host[name] = original;
  };
}

const bug = (name: string, plant: () => () => void, near = 0): Bug => ({ name, near, plant });

type Store = OrderStore & { item(orderId: string): Promise<OrderItem | undefined> };
const store = OrderStore.prototype;
// Exports of a module are read-only to TypeScript alone.
const [writing, stepping, deciding, ranking, naming, reading] = [
  writes,
  steps,
  outcomes,
  effective,
  identity,
  streams,
] as [
  Writable<typeof writes>,
  Writable<typeof steps>,
  Writable<typeof outcomes>,
  Writable<typeof effective>,
  Writable<typeof identity>,
  Writable<typeof streams>,
];
type Writable<Module> = { -readonly [Name in keyof Module]: Module[Name] };

export const BUGS: readonly Bug[] = [
  bug("writes an item whatever has happened to it since it was read", () =>
    replace(
      store,
      "write",
      (write) =>
        async function (this: OrderStore, given) {
          const own = await (this as Store).item(given.item.orderId);
          const condition = own
            ? { absent: false as const, epoch: own.epoch, version: own.version, statuses: [own.status] }
            : { absent: true as const };
          return await write.call(this, {
            ...given,
            condition,
            item: { ...given.item, version: (own?.version ?? 0) + 1 },
          });
        },
    ),
  ),
  bug("decides by an order as it was read a minute ago", () =>
    replace(store, "partition", (partition) => {
      const read = new WeakMap<object, Map<string, { at: number; partition: Partition }>>();
      return async function (this: OrderStore, orderId) {
        const own = read.get(this) ?? new Map();
        read.set(this, own);
        const kept = own.get(orderId);
        if (kept && Date.now() - kept.at < 60_000) return kept.partition;
        const found = await partition.call(this, orderId);
        own.set(orderId, { at: Date.now(), partition: found });
        return found;
      };
    }),
  ),
  bug("ships before the money is captured", () =>
    replace(
      stepping,
      "nextStep",
      (next) =>
        ((partition, worker, heard, rank) => {
          const step = next(partition, worker, heard, rank);
          return step.kind === "act" && step.action === "capture" ? { kind: "act", action: "ship" } : step;
        }) as typeof next,
    ),
  ),
  bug("forgets that the carrier refuses an order, and ships it again", () =>
    replace(
      stepping,
      "nextStep",
      (next) =>
        ((partition, worker, heard, rank) =>
          next(partition, worker, { ...heard, impossible: false }, rank)) as typeof next,
    ),
  ),
  bug("cancels without a void at the payment provider", () =>
    replace(HttpPaymentProvider.prototype, "void", () => async () => ({ status: "voided" as const })),
  ),
  bug("cancels without a refund", () =>
    replace(HttpPaymentProvider.prototype, "refund", () => async () => ({ status: "refunded" as const })),
  ),
  bug("counts an unanswered authorization as declined", () =>
    replace(
      HttpPaymentProvider.prototype,
      "authorize",
      (authorize) =>
        async function (this: HttpPaymentProvider, ...given) {
          return await authorize.apply(this, given).catch(() => ({ status: "declined" as const }));
        },
    ),
  ),
  bug("counts an unanswered capture as captured", () =>
    replace(
      HttpPaymentProvider.prototype,
      "capture",
      (capture) =>
        async function (this: HttpPaymentProvider, ...given) {
          return await capture.apply(this, given).catch(() => ({ status: "captured" as const }));
        },
    ),
  ),
  bug("gives a pending payment up at once", () =>
    replace(
      deciding,
      "afterAuthorize",
      (after) => (answer, patience) => after(answer, { ...patience, limitSeconds: 0 }),
    ),
  ),
  bug("takes a parcel for delivered as soon as it is on its way", () =>
    replace(
      deciding,
      "afterTrack",
      (after) => (booked, own) => after(booked === "in-transit" ? "delivered" : booked, own),
    ),
  ),
  bug(
    "takes orders over that are not the effective ones",
    () =>
      replace(
        writing,
        "takeOver",
        (takeOver) =>
          ((partition, region, moment, rank) => {
            const foreign = partition.orders.filter((item) => item.region !== region);
            const isOpenThere = foreign.some((item) => item.status === "PLACED" || item.status === "PAID");
            return takeOver({ ...partition, orders: isOpenThere ? foreign : partition.orders }, region, moment, rank);
          }) as typeof takeOver,
      ),
    360,
  ),
  bug("takes over without a new epoch", () =>
    replace(
      writing,
      "takeOver",
      (takeOver) =>
        ((partition, region, moment, rank) => {
          const write = takeOver(partition, region, moment, rank);
          return write && { ...write, item: { ...write.item, epoch: write.item.epoch - 1 } };
        }) as typeof takeOver,
    ),
  ),
  bug(
    "drops the attributes of the next release when it takes over",
    () =>
      replace(
        writing,
        "takeOver",
        (takeOver) =>
          ((partition, region, moment, rank) => {
            const write = takeOver(partition, region, moment, rank);
            if (!write) return undefined;
            const { nextRelease: _dropped, ...item } = write.item as typeof write.item & { nextRelease?: unknown };
            return { ...write, item } as typeof write;
          }) as typeof takeOver,
      ),
    480,
  ),
  bug("never steps back behind the peer's item", () =>
    replace(writing, "onForeignRecord", () => (() => undefined) as typeof writes.onForeignRecord),
  ),
  bug("never restarts a stalled order", () =>
    replace(writing, "sweep", () => (() => ({ kind: "nothing" })) as typeof writes.sweep),
  ),
  bug("restarts orders without asking whether they run", () =>
    replace(
      writing,
      "sweep",
      (sweep) =>
        ((partition, region, _running, moment, rank) => sweep(partition, region, false, moment, rank)) as typeof sweep,
    ),
  ),
  bug("ranks two items of one epoch as equal", () =>
    replace(
      ranking,
      "outranks",
      (outranks) => (first, second) => first.epoch !== second.epoch && outranks(first, second),
    ),
  ),
  bug("names an execution without its epoch", () =>
    replace(naming, "executionName", (name) => (orderId) => name(orderId, 1)),
  ),
  bug("makes another order of a repeated request", () =>
    replace(naming, "deriveOrderId", (derive) => (customerId, key) => {
      // Only the intake has this setting; the step that opens the card derives the id as before.
      const isIntake = process.env["ORDERS_PER_CUSTOMER_DAY"] !== undefined;
      return derive(customerId, isIntake ? `${key}-${process.env["AWS_REGION"]}` : key);
    }),
  ),
  bug("deletes a card before it is authorized", () =>
    replace(
      store,
      "anyCard",
      (anyCard) =>
        async function (this: OrderStore, orderId) {
          const card = await anyCard.call(this, orderId);
          const { client, tables } = this as unknown as {
            client: { send(command: object): Promise<unknown> };
            tables: { cards: string };
          };
          if (card)
            await client.send(new DeleteCommand({ TableName: tables.cards, Key: { orderId, region: this.region } }));
          return card;
        },
    ),
  ),
  bug("leaves the card where it is", () =>
    replace(
      store,
      "write",
      (write) =>
        async function (this: OrderStore, given) {
          return await write.call(this, { ...given, deleteCard: false });
        },
    ),
  ),
  bug("takes a stream's record for handled although it failed", () =>
    replace(reading, "handleInOrder", () => async (records, handle) => {
      for (const record of records) await handle(record).catch(() => {});
      return { batchItemFailures: [] };
    }),
  ),
  bug("keeps no record of the notifications that were sent", () => replace(store, "markSent", () => async () => {})),
  bug("sends a notification without claiming it", () => replace(store, "claimNotification", () => async () => true)),
];

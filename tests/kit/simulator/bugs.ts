import { DeleteCommand, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { OrderStore } from "../../../components/orderService/handlers/orderStore";
import * as stockStore from "../../../components/orderService/handlers/stock/stockStore";
import { HttpPaymentProvider } from "../../../components/orderService/payment/http/provider";
import * as streams from "../../../components/runtime/inOrder";
import { isCancelled, type OrderItem, type Partition, type Write } from "../../../domain/order";
import * as effective from "../../../domain/order/effective";
import * as identity from "../../../domain/order/identity";
import * as notifications from "../../../domain/order/notifications/messages";
import * as outcomes from "../../../domain/order/outcomes";
import * as refunding from "../../../domain/order/refunds";
import * as reviews from "../../../domain/order/review";
import * as steps from "../../../domain/order/steps";
import * as writes from "../../../domain/order/writes";
import type { ShareChange } from "../../../domain/stock";
import * as transfers from "../../../domain/stock/transfers";
import { setModelAside } from "./modelReplay";
import { REGIONS, TABLES } from "./program";

/** A deliberate mistake in the store's code: what the simulator must find. */
export interface Bug {
  /** The mistake, as the end of a sentence that begins with “the store”. */
  name: string;
  /** A seed near which it is found, for less work; 0 where that is soon. */
  near: number;
  /** Concerns counted products: each schedule that searches for it has them. */
  counted: boolean;
  /** Concerns partial refunds, likewise. */
  refunds: boolean;
  /** Concerns the store's own check of orders, likewise. */
  reviewed: boolean;
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
  const restoreModel = RULES_OF_MODEL.has(host) ? setModelAside() : undefined;
  return () => {
    host[name] = original;
    restoreModel?.();
  };
}

const bug = (name: string, plant: () => () => void, near = 0): Bug => ({
  name,
  near,
  plant,
  counted: false,
  refunds: false,
  reviewed: false,
});
const stockBug = (name: string, plant: () => () => void, near = 0): Bug => ({
  name,
  near,
  plant,
  counted: true,
  refunds: false,
  reviewed: false,
});
const refundBug = (name: string, plant: () => () => void, near = 0): Bug => ({
  name,
  near,
  plant,
  counted: false,
  refunds: true,
  reviewed: false,
});

const reviewBug = (name: string, change: (after: typeof reviews.afterReview) => typeof reviews.afterReview): Bug => ({
  name,
  near: 0,
  plant: () => replace(reviewing, "afterReview", change),
  counted: false,
  refunds: false,
  reviewed: true,
});

type Store = OrderStore & { item(orderId: string): Promise<OrderItem | undefined> };
const store = OrderStore.prototype;
const stocking = stockStore.StockStore.prototype;
type StockStore = stockStore.StockStore;
// Exports of a module are read-only to TypeScript alone.
const [writing, stepping, deciding, ranking, naming, reading, storing, moving, refunds, notifying, reviewing] = [
  writes,
  steps,
  outcomes,
  effective,
  identity,
  streams,
  stockStore,
  transfers,
  refunding,
  notifications,
  reviews,
] as [
  Writable<typeof writes>,
  Writable<typeof steps>,
  Writable<typeof outcomes>,
  Writable<typeof effective>,
  Writable<typeof identity>,
  Writable<typeof streams>,
  Writable<typeof stockStore>,
  Writable<typeof transfers>,
  Writable<typeof refunding>,
  Writable<typeof notifications>,
  Writable<typeof reviews>,
];
type Writable<Module> = { -readonly [Name in keyof Module]: Module[Name] };
/** Modules whose functions the exhaustive model calls. */
const RULES_OF_MODEL = new Set<object>([writing, stepping, deciding, ranking]);

export const BUGS: readonly Bug[] = [
  bug(
    "writes an item whatever has happened to it since it was read",
    () =>
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
    39,
  ),
  bug(
    "decides by an order as it was read a minute ago",
    () =>
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
    19,
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
  bug(
    "counts an unanswered authorization as declined",
    () =>
      replace(
        HttpPaymentProvider.prototype,
        "authorize",
        (authorize) =>
          async function (this: HttpPaymentProvider, ...given) {
            return await authorize.apply(this, given).catch(() => ({ status: "declined" as const }));
          },
      ),
    89,
  ),
  bug(
    "counts an unanswered capture as captured",
    () =>
      replace(
        HttpPaymentProvider.prototype,
        "capture",
        (capture) =>
          async function (this: HttpPaymentProvider, ...given) {
            return await capture.apply(this, given).catch(() => ({ status: "captured" as const }));
          },
      ),
    34,
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
    632,
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
    498,
  ),
  bug("never steps back behind the peer's item", () =>
    replace(writing, "onForeignRecord", () => (() => undefined) as typeof writes.onForeignRecord),
  ),
  bug(
    "never restarts a stalled order",
    () => replace(writing, "sweep", () => (() => ({ kind: "nothing" })) as typeof writes.sweep),
    21,
  ),
  bug(
    "restarts orders without asking whether they run",
    () =>
      replace(
        writing,
        "sweep",
        (sweep) =>
          ((partition, region, _running, moment, rank) =>
            sweep(partition, region, false, moment, rank)) as typeof sweep,
      ),
    15,
  ),
  bug("ranks two items of one epoch as equal", () =>
    replace(
      ranking,
      "outranks",
      (outranks) => (first, second) => first.epoch !== second.epoch && outranks(first, second),
    ),
  ),
  bug(
    "names an execution without its epoch",
    () => replace(naming, "executionName", (name) => (orderId) => name(orderId, 1)),
    21,
  ),
  bug("makes another order of a repeated request", () =>
    replace(naming, "deriveOrderId", (derive) => (customerId, key) => {
      // Only the intake has this setting; the step that opens the card derives the id as before.
      const isIntake = process.env["ORDERS_PER_CUSTOMER_DAY"] !== undefined;
      return derive(customerId, isIntake ? `${key}-${process.env["AWS_REGION"]}` : key);
    }),
  ),
  bug(
    "deletes a card before it is authorized",
    () =>
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
    37,
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

  refundBug(
    "never takes a refund over",
    () => replace(refunds, "takeOverRefund", () => (() => undefined) as typeof refunding.takeOverRefund),
    9,
  ),
  refundBug("never starts a refund again", () =>
    replace(refunds, "sweepRefund", () => (() => ({ kind: "nothing" })) as typeof refunding.sweepRefund),
  ),
  refundBug("records a refund without asking the payment provider", () =>
    replace(HttpPaymentProvider.prototype, "refundPart", () => async () => ({ status: "refunded" as const })),
  ),
  refundBug("counts an unanswered refund as refused", () =>
    replace(
      HttpPaymentProvider.prototype,
      "refundPart",
      (refund) =>
        async function (this: HttpPaymentProvider, ...given) {
          return await refund.apply(this, given).catch(() => ({ status: "refused" as const }));
        },
    ),
  ),
  refundBug(
    "takes a refused refund for made",
    () =>
      replace(
        refunds,
        "settleRefund",
        (settle) => ((own, _answer, moment) => settle(own, { status: "refunded" }, moment)) as typeof settle,
      ),
    29,
  ),
  refundBug("makes another refund of a repeated request", () =>
    replace(naming, "deriveRefundId", (derive) => (orderId, key) => {
      // The simulator derives the id outside of a function, where no Region is set.
      const region = process.env["AWS_REGION"];
      return derive(orderId, region === REGIONS[1] ? `${key}-${region}` : key);
    }),
  ),
  refundBug("asks the payment provider for each attempt's refund by its own id", () => {
    let calls = 0;
    return replace(
      HttpPaymentProvider.prototype,
      "refundPart",
      (refund) =>
        async function (this: HttpPaymentProvider, order, part) {
          return await refund.call(this, order, { ...part, refundId: `${part.refundId}-${++calls}` });
        },
    );
  }),
  refundBug("refunds orders that are not captured", () =>
    replace(
      refunds,
      "decideRefund",
      (decide) => (order, earlier, part) => decide({ ...order, status: "SHIPPING" }, earlier, part),
    ),
  ),
  refundBug("publishes no refund", () => replace(notifying, "toRefundNotification", () => () => undefined)),

  reviewBug(
    "takes a check without an answer for an accepted order",
    (after) =>
      (answer, ...limits) =>
        after(answer ?? { decision: "accept" }, ...limits),
  ),
  reviewBug("captures what its own check declines", (after) => (...given) => {
    const outcome = after(...given);
    return outcome.kind === "declined" ? { kind: "accepted" } : outcome;
  }),
  reviewBug(
    "declines an order that its own check has not decided yet",
    (after) => (answer, patience, undecided) => after(answer, { ...patience, limitSeconds: 0 }, undecided),
  ),
  reviewBug(
    "asks its own check about an order for ever",
    (after) => (answer, patience, undecided) => after(answer, { ...patience, waitedSeconds: 0 }, undecided),
  ),

  stockBug("sells counted units without looking whether they are there", () =>
    replace(storing, "takeUnits", (take) => (table, line, region) => {
      const { ConditionExpression: _dropped, ...action } = take(table, line, region);
      return action as ReturnType<typeof take>;
    }),
  ),
  stockBug("takes an order's units after it has stored the order", () =>
    replace(
      store,
      "place",
      (place) =>
        async function (this: OrderStore, write, card, daily) {
          const { hold, heldIn, ...item } = write.item;
          const placed = await place.call(this, { ...write, item }, card, daily);
          if (placed.kind !== "placed" || !hold) return placed;
          const noted = {
            TableName: TABLES.orders,
            Key: { orderId: item.orderId, region: this.region },
            UpdateExpression: "SET hold = :hold, heldIn = :heldIn ADD version :one",
            ExpressionAttributeValues: { ":hold": hold, ":heldIn": heldIn, ":one": 1 },
          };
          const taken = hold.units.map((line) => storing.takeUnits(TABLES.stock, line, this.region));
          await clientOf(this).send(
            new TransactWriteCommand({ TransactItems: [noted, ...taken].map((Update) => ({ Update })) }),
          );
          return placed;
        },
    ),
  ),
  stockBug("gives units back before it notes that they came back", () =>
    replace(
      store,
      "write",
      (write) =>
        async function (this: OrderStore, { returns, ...given }) {
          for (const line of returns ?? [])
            await clientOf(this).send(new UpdateCommand(storing.returnUnits(TABLES.stock, line, this.region)));
          return await write.call(this, given);
        },
    ),
  ),
  stockBug("returns units to the other Region's share", () =>
    replace(
      storing,
      "returnUnits",
      (giveBack) => (table, line, region) => giveBack(table, line, REGIONS.find((each) => each !== region)!),
    ),
  ),
  stockBug("never returns the units of a cancelled order", () => replaceReturn(() => undefined)),
  stockBug("returns units without noting it", () =>
    replaceReturn((write, own) => {
      // Notes it in the end: each return that is not noted leads to another one.
      const isNoted = own === undefined || own.version > 6;
      return isNoted || !write ? write : { ...write, item: { ...write.item, hold: own.hold } };
    }),
  ),
  stockBug(
    "keeps the second hold of an order that both Regions accepted",
    () =>
      replaceReturn((write, _own, orders) => (orders.some(({ status }) => isCancelled(status)) ? write : undefined)),
    24,
  ),
  stockBug(
    "returns the units of a superseded item at once",
    () =>
      replaceReturn((write, own) => {
        if (write || own?.status !== "SUPERSEDED" || !own.hold || own.hold.returned) return write;
        return {
          item: { ...own, hold: { ...own.hold, returned: true }, version: own.version + 1 },
          condition: { absent: false, epoch: own.epoch, version: own.version, statuses: [own.status] },
          deleteCard: false,
          returns: own.hold.units,
        };
      }),
    11,
  ),
  stockBug(
    "copies the hold at a takeover",
    () =>
      replaceTakeOver((item, partition) => ({
        ...item,
        hold: partition.orders.find((other) => other.region !== item.region)?.hold,
      })),
    11,
  ),
  stockBug("drops the own hold at a takeover", () => replaceTakeOver((item) => ({ ...item, hold: undefined })), 40),
  stockBug("adds what the peer has sent without counting it", () =>
    replaceMove((change) => (change.kind === "receive" ? { ...change, by: 0 } : change)),
  ),
  stockBug("never adds what the peer has sent", () =>
    replaceMove((change) => (change.kind === "receive" ? undefined : change)),
  ),
  stockBug("sends units and keeps them", () =>
    replaceMove((change) => (change.kind === "send" ? { ...change, units: 0 } : change)),
  ),
  stockBug("keeps units that the peer has claimed", () =>
    replaceMove((change) => (change.kind === "cede" ? undefined : change)),
  ),
  stockBug("claims a share without counting it", () =>
    replace(moving, "claimShare", (claim) => (own, lost, region) => {
      const change = claim(own, lost, region);
      return change && { ...change, by: 0 };
    }),
  ),
  stockBug(
    "moves units without the condition of the write",
    () =>
      replace(
        stocking,
        "change",
        (change) =>
          async function (this: StockStore, ...given) {
            const client = {
              send: (command: { input: { ConditionExpression?: string } }) => {
                delete command.input.ConditionExpression;
                return clientOf(this).send(command);
              },
            };
            return await change.apply(Object.create(this, { client: { value: client } }) as StockStore, given);
          },
      ),
    19,
  ),
  stockBug("wishes for no units of the other Region", () => replace(stocking, "wish", () => async () => {}), 34),
  stockBug("adds a delivery again when it is repeated", () =>
    replace(
      stocking,
      "deliver",
      (deliver) =>
        async function (this: StockStore, productId, units, id, at) {
          return await deliver.call(this, productId, units, `${id}-${at}`, at);
        },
    ),
  ),
];

const clientOf = (host: object) => (host as unknown as { client: { send(command: object): Promise<unknown> } }).client;

function replaceReturn(
  make: (
    write: Write<OrderItem> | undefined,
    own: OrderItem | undefined,
    orders: readonly OrderItem[],
  ) => Write<OrderItem> | undefined,
): () => void {
  return replace(
    writing,
    "returnHold",
    (returnHold) =>
      ((partition: Partition, region, rank) => {
        const own = partition.orders.find((item) => item.region === region);
        return make(returnHold(partition, region, rank), own, partition.orders);
      }) as typeof returnHold,
  );
}

function replaceTakeOver(make: (item: OrderItem, partition: Partition) => OrderItem): () => void {
  return replace(
    writing,
    "takeOver",
    (takeOver) =>
      ((partition: Partition, region, moment, rank) => {
        const write = takeOver(partition, region, moment, rank);
        return write && { ...write, item: make(write.item, partition) };
      }) as typeof takeOver,
  );
}

function replaceMove(make: (change: ShareChange) => ShareChange | undefined): () => void {
  return replace(moving, "settleShare", (settle) => (own, peer, region, at) => {
    const change = settle(own, peer, region, at);
    return change && make(change);
  });
}

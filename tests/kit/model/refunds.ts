import type { Price } from "../../../domain/catalogue/product";
import {
  advance,
  afterCapture,
  afterRefund,
  afterShip,
  decideRefund,
  effectiveItem,
  holds,
  isDecided,
  isFinal,
  isRefundDue,
  mayBecome,
  nextStep,
  type OrderStatus,
  onForeignRecord,
  type PartialRefundAnswer,
  type Partition,
  type RefundItem,
  type RefundStanding,
  type RefundWrite,
  type StepKnowledge,
  settleRefund,
  sweepRefund,
  takeOver,
  takeOverRefund,
  toRefunds,
  type Versioned,
} from "../../../domain/order";
import { type Emit, type SharedParts, searchStates } from "./searchStates";

/**
 * A model of partial refunds: one order whose payment is authorized, two Regions, some refunds, and what has been replicated. It
 * calls the decisions of `domain/order` that the functions call. The order runs from Capture on, because that is where whole
 * refund, capture and partial refunds meet; the rest of its protocol has its own model (`world.ts`).
 */
export interface RefundState {
  regions: [RegionState, RegionState];
  payment: "authorized" | "captured" | "refunded";
  shipment: "none" | "accepted" | "impossible";
  /** Times that the provider has made each refund. */
  made: number[];
  /** Units that the whole refund gave back. */
  wholeRefund: number;
  /** Calls whose callers gave up and that may still take effect: refunds by index. */
  late: number[];
  /** Both ends of the order were written. */
  ends: string[];
  budget: RefundTrouble;
}

interface RegionState {
  isUp: boolean;
  order: Versioned | null;
  orderCopy: Versioned | null;
  /** Place of the order's execution. */
  work: Work | null;
  /** Own items by refund, and the peer's as they have arrived. */
  refunds: (Item | null)[];
  copies: (Item | null)[];
  /** Executions by refund, the earlier first: the attempt, and the answer if there is one. */
  running: Execution[][];
  /** Requests that were answered as accepted. */
  accepted: boolean[];
  /** Refunds of one line: requests that are decided and not stored yet, with the count of accepted refunds that was read. */
  decided: (number | null)[];
  /** Stored count of accepted refunds. */
  count: number;
}

type Item = RefundStanding;
type Execution = { attempt: number; version: number; answer?: PartialRefundAnswer["status"] };
type Work = { epoch: number; known: StepKnowledge; write?: OrderStatus };

export interface RefundTrouble {
  kills: number;
  falseTakeovers: number;
  lostCalls: number;
  /** Executions of refunds that end without finishing. */
  deaths: number;
  /** Sweeps of a refund whose execution runs. */
  wrongSweeps: number;
}

/** Beginning of a search: what is captured, and the amount of each refund. */
export interface RefundCase {
  /** Status of the order in the first Region: `PAID` runs through capture and shipping, `DELIVERED` leaves them out. Default: `DELIVERED`. */
  from?: "PAID" | "DELIVERED";
  captured: number;
  amounts: number[];
  /** Each refund is of the one piece of the same line. Reading and storing a request are then two steps. */
  line?: true;
  /** Requests arrive in the first Region alone. */
  inOneRegion?: true;
  trouble: Partial<RefundTrouble>;
}

/** Rules that hold. A test omits one and shows the violated invariant. */
export interface RefundRules {
  /** The provider knows a refund by its id. */
  knowsIds: boolean;
  /** The provider refuses what exceeds the captured amount. */
  refusesExcess: boolean;
  /** The refund's id is the same in both Regions. */
  sharesIds: boolean;
  /** A payment stays captured although its refunds are the whole. */
  staysCaptured: boolean;
  /** Only refundable statuses are refunded, so that the provider has captured. */
  asksStatus: boolean;
  /** The whole refund leaves what was refunded in parts. */
  refundsRest: boolean;
  /** The item is written after the provider's answer. */
  callsBeforeWriting: boolean;
  sweeps: boolean;
  takesOver: boolean;
  /** A request is stored only if no other one was accepted since it was decided. */
  countsAccepted: boolean;
}

export const ALL_REFUND_RULES: RefundRules = {
  knowsIds: true,
  refusesExcess: true,
  sharesIds: true,
  staysCaptured: true,
  asksStatus: true,
  refundsRest: true,
  callsBeforeWriting: true,
  sweeps: true,
  takesOver: true,
  countsAccepted: true,
};

export type RefundInvariant =
  | "never more is refunded than was captured"
  | "a refund is made at most once"
  | "a piece is refunded at most once"
  | "a refund is shown as made only if it is"
  | "a refused refund is never made"
  | "an accepted refund is made or refused in the end"
  | "a refund is refused only if too little is left"
  | "both Regions agree in the end"
  | "never cancelled and shipped"
  | "every order ends";

const AT = "2026-01-01T00:00:00.000Z";
const MOMENT = { at: AT };
const REGIONS = ["us-east-1", "us-west-2"] as const;
const QUIET: RefundTrouble = { kills: 0, falseTakeovers: 0, lostCalls: 0, deaths: 0, wrongSweeps: 0 };

/** Searches all states of a case. @param until ends the search when this invariant is broken. */
export function searchRefunds(
  given: RefundCase,
  rules: RefundRules = ALL_REFUND_RULES,
  { maxStates = 400_000, until }: { maxStates?: number; until?: RefundInvariant } = {},
) {
  return searchStates<RefundState, RefundInvariant>(
    {
      first: initialState(given),
      copy,
      identify,
      follow: (state, emit) => new Transitions(given, rules, state, emit).all(),
      always: (state, broken) => always(state, given, broken),
      atRest: (state, broken) => atRest(state, given, broken),
    },
    { maxStates, until },
  );
}

function initialState({ from = "DELIVERED", amounts, trouble }: RefundCase): RefundState {
  const none = () => amounts.map(() => null);
  const region = (): RegionState => ({
    isUp: true,
    order: null,
    orderCopy: null,
    work: null,
    refunds: none(),
    copies: none(),
    running: amounts.map(() => []),
    accepted: amounts.map(() => false),
    decided: amounts.map(() => null),
    count: 0,
  });
  const [east, west] = [region(), region()];
  east.order = { region: REGIONS[0], epoch: 1, version: 1, status: from, createdAt: AT };
  west.orderCopy = east.order;
  if (from === "PAID") east.work = { epoch: 1, known: {} };
  return {
    regions: [east, west],
    payment: from === "PAID" ? "authorized" : "captured",
    shipment: from === "PAID" ? "none" : "accepted",
    made: amounts.map(() => 0),
    wholeRefund: 0,
    late: [],
    ends: from === "PAID" ? [] : ["shipped"],
    budget: { ...QUIET, ...trouble },
  };
}

const copy = (state: RefundState): RefundState => ({
  ...state,
  regions: [copyRegion(state.regions[0]), copyRegion(state.regions[1])],
  made: [...state.made],
  budget: { ...state.budget },
});

const copyRegion = (region: RegionState): RegionState => ({
  ...region,
  refunds: [...region.refunds],
  copies: [...region.copies],
  running: [...region.running],
  accepted: [...region.accepted],
  decided: [...region.decided],
});

function identify(state: RefundState, parts: SharedParts): string {
  const { payment, shipment, made, wholeRefund, late, ends } = state;
  const { kills, falseTakeovers, lostCalls, deaths, wrongSweeps } = state.budget;
  let text = `${payment}${shipment}${made};${wholeRefund};${late};${ends};${kills},${falseTakeovers},${lostCalls},${deaths},${wrongSweeps}`;
  for (const region of state.regions) {
    const { isUp, refunds, copies, running, accepted, decided, count } = region;
    const own = `${parts.share(region, "order")},${parts.share(region, "orderCopy")},${parts.share(region, "work")}`;
    text += `;${isUp},${own}${parts.shareAll(refunds)}${parts.shareAll(copies)}${parts.shareAll(running)},${accepted},${decided},${count}`;
  }
  return text;
}

/** All that may happen next in one state. */
class Transitions {
  constructor(
    private readonly given: RefundCase,
    private readonly rules: RefundRules,
    private readonly state: RefundState,
    private readonly step: Emit<RefundState>,
  ) {}

  all(): void {
    for (const region of [0, 1] as const) {
      const { isUp } = this.state.regions[region];
      this.condition(region);
      this.replicate(region);
      if (!isUp) continue;
      this.order(region);
      for (let refund = 0; refund < this.given.amounts.length; refund++) this.refund(region, refund);
    }
    for (const refund of this.state.late) {
      this.step(`a late call of refund ${refund} is lost`, true, (next) => withoutLate(next, refund));
      this.step(`a late call of refund ${refund} takes effect`, true, (next) => {
        withoutLate(next, refund);
        this.provide(next, refund);
      });
    }
  }

  private condition(region: 0 | 1): void {
    const { regions, budget } = this.state;
    const name = REGIONS[region];
    if (!regions[region].isUp) {
      this.step(`${name} returns`, false, (next) => {
        next.regions[region].isUp = true;
      });
    } else if (budget.kills > 0) {
      this.step(`${name} stops`, false, (next) => {
        next.budget.kills -= 1;
        next.regions[region].isUp = false;
      });
    }
  }

  /** The peer gets an own item as it is now; each item for itself, in any order. */
  private replicate(from: 0 | 1): void {
    const own = this.state.regions[from];
    const to = (1 - from) as 0 | 1;
    const peer = this.state.regions[to];
    if (!own.isUp || !peer.isUp) return;
    const name = REGIONS[from];
    if (own.order && own.order !== peer.orderCopy) {
      this.step(`${name}'s order arrives`, true, (next) => {
        next.regions[to].orderCopy = own.order;
      });
    }
    for (const [refund, item] of own.refunds.entries()) {
      if (item && item !== peer.copies[refund]) {
        this.step(`${name}'s refund ${refund} arrives`, true, (next) => {
          next.regions[to].copies[refund] = item;
        });
      }
    }
  }

  private order(region: 0 | 1): void {
    const { regions, budget } = this.state;
    const own = regions[region];
    const name = REGIONS[region];
    const partition = partitionOf(own);
    const superseded = onForeignRecord(partition, name, MOMENT);
    if (superseded) this.step(`${name} supersedes`, true, (next) => writeOrder(next, region, superseded.item));
    const taken = takeOver(partition, name, MOMENT);
    const takeIt = (next: RefundState) => {
      writeOrder(next, region, taken!.item);
      next.regions[region].work = { epoch: taken!.item.epoch, known: {} };
    };
    if (taken && !regions[1 - region]!.isUp) this.step(`${name} takes the order over`, true, takeIt);
    else if (taken && budget.falseTakeovers > 0) {
      this.step(`${name} wrongly takes the order over`, false, (next) => {
        next.budget.falseTakeovers -= 1;
        takeIt(next);
      });
    }
    // The sweeper restarts an order whose execution has ended.
    if (own.order && !own.work && !isFinal(own.order.status) && effectiveItem(partition.orders) === own.order) {
      const { epoch } = own.order;
      this.step(`${name} restarts the order`, true, (next) => {
        next.regions[region].work = { epoch, known: {} };
      });
    }
    if (own.work) this.work(region, own.work);
  }

  private work(region: 0 | 1, work: Work): void {
    const own = this.state.regions[region];
    const name = REGIONS[region];
    if (work.write) {
      const status = work.write;
      this.step(`${name} writes ${status}`, true, (next) => {
        next.regions[region].work = { epoch: work.epoch, known: work.known };
        const before = own.order!;
        if (before.epoch !== work.epoch || !mayBecome(before.status, status)) return;
        const write = advance(before, status, MOMENT);
        if (holds(write.condition, before)) writeOrder(next, region, write.item);
      });
      return;
    }
    const step = nextStep(partitionOf(own), { region: name, epoch: work.epoch }, work.known);
    const goOn = (known: StepKnowledge, write?: OrderStatus) => (next: RefundState) => {
      next.regions[region].work = { epoch: work.epoch, known: { ...work.known, ...known }, ...(write && { write }) };
    };
    if (step.kind !== "act" || step.action === "track") {
      this.step(`${name}'s execution ends`, true, (next) => {
        next.regions[region].work = null;
        // The parcel arrives; nothing about refunds depends on when.
        if (step.kind === "act") writeOrder(next, region, { ...own.order!, status: "DELIVERED" });
      });
      return;
    }
    const follow = (label: string, change: (next: RefundState) => ReturnType<typeof afterCapture>) =>
      this.step(`${name} ${label}`, true, (next) => {
        const outcome = change(next);
        if (outcome.kind === "known") goOn(outcome.known)(next);
        else if (outcome.kind === "write") goOn({}, outcome.status)(next);
      });
    switch (step.action) {
      case "capture":
        follow("captures", (next) => {
          if (next.payment === "authorized") next.payment = "captured";
          const isGivenBack = !this.rules.staysCaptured && left(next, this.given) === 0;
          return afterCapture({ status: next.payment === "captured" && !isGivenBack ? "captured" : "refunded" });
        });
        return;
      case "ship":
        if (this.state.shipment !== "impossible") {
          follow("ships", (next) => {
            next.shipment = "accepted";
            return afterShip({ status: "accepted" });
          });
        }
        if (this.state.shipment !== "accepted") {
          follow("cannot ship", (next) => {
            next.shipment = "impossible";
            return afterShip({ status: "impossible" });
          });
        }
        return;
      case "refund":
        follow("refunds the whole", (next) => {
          if (next.payment === "captured") {
            next.wholeRefund = this.rules.refundsRest ? left(next, this.given) : this.given.captured;
            next.payment = "refunded";
          }
          return afterRefund({ status: "refunded" });
        });
        return;
      default:
        throw new Error(`The model has no ${step.action}.`);
    }
  }

  private refund(region: 0 | 1, refund: number): void {
    const { regions, budget } = this.state;
    const own = regions[region];
    const name = REGIONS[region];
    const item = own.refunds[refund] ?? null;
    const write = (next: RefundState, decided: RefundWrite<Item>) => {
      const before = next.regions[region].refunds[refund] ?? null;
      if (before?.version !== decided.version) return;
      next.regions[region].refunds[refund] = decided.item;
      // The dispatcher starts an execution; deaths stand for a stream record that is lost.
      const { attempt, version, status } = decided.item;
      if (status === "REQUESTED" && attempt !== before?.attempt)
        next.regions[region].running[refund] = [...next.regions[region].running[refund]!, { attempt, version }];
    };
    if (!item) this.request(region, refund, write);

    const items = [item, own.copies[refund]].flatMap((each) => each ?? []);
    const taken = this.rules.takesOver ? takeOverRefund(items, name, MOMENT) : undefined;
    if (taken && !regions[1 - region]!.isUp)
      this.step(`${name} takes refund ${refund} over`, true, (next) => write(next, taken));
    else if (taken && budget.falseTakeovers > 0) {
      this.step(`${name} wrongly takes refund ${refund} over`, false, (next) => {
        next.budget.falseTakeovers -= 1;
        write(next, taken);
      });
    }
    if (!item) return;

    const running = own.running[refund]!;
    const isIdle = running.length === 0;
    if (this.rules.sweeps && (isIdle || budget.wrongSweeps > 0)) {
      const swept = sweepRefund(item, MOMENT);
      if (swept.kind === "restart") {
        this.step(`${name}'s sweeper restarts refund ${refund}${isIdle ? "" : ", wrongly"}`, isIdle, (next) => {
          if (!isIdle) next.budget.wrongSweeps -= 1;
          write(next, swept.write);
        });
      }
    }
    for (const index of running.keys()) this.execute(region, refund, index, write);
  }

  private request(region: 0 | 1, refund: number, write: (next: RefundState, decided: RefundWrite<Item>) => void): void {
    const own = this.state.regions[region];
    const { captured, amounts, line, inOneRegion } = this.given;
    if (inOneRegion && region !== 0) return;
    const name = REGIONS[region];
    const accept = (next: RefundState, amount: Price) => {
      next.regions[region].accepted[refund] = true;
      write(next, {
        item: {
          refundId: String(refund),
          owner: name,
          status: "REQUESTED",
          amount,
          attempt: 1,
          version: 1,
          requestedAt: AT,
        },
      });
    };
    const count = own.decided[refund];
    if (typeof count === "number") {
      this.step(`${name} stores refund ${refund}`, true, (next) => {
        const stored = next.regions[region];
        stored.decided[refund] = null;
        // Decided again, with the other one.
        if (this.rules.countsAccepted && stored.count !== count) return;
        stored.count += 1;
        accept(next, { amount: amounts[refund]!, currency: "EUR" });
      });
      return;
    }
    const effective = effectiveItem(partitionOf(own).orders);
    // The request that the peer has accepted is known by its id.
    if (!effective || own.copies[refund]) return;
    const known = toRefunds([...own.refunds, ...own.copies].flatMap((each) => each ?? []));
    const total = { amount: captured, currency: "EUR" };
    const status = this.rules.asksStatus ? effective.status : "DELIVERED";
    const piece = { productId: "kettle", quantity: 1 };
    const earlier = known.map((item) => ({ ...item, ...(line && { lines: [piece] }) })) as RefundItem[];
    const lines = [{ ...piece, name: "Kettle", unitPrice: { amount: amounts[refund]!, currency: "EUR" } }];
    const part = line ? { lines: [piece] } : { amount: amounts[refund]! };
    const decision = decideRefund({ status, total, lines: line ? lines : [] }, earlier, part);
    if (!decision.ok) return;
    if (line) {
      this.step(`${name} decides refund ${refund}`, false, (next) => {
        next.regions[region].decided[refund] = own.count;
      });
    } else this.step(`${name} accepts refund ${refund}`, false, (next) => accept(next, decision.amount));
  }

  private execute(
    region: 0 | 1,
    refund: number,
    index: number,
    write: (next: RefundState, decided: RefundWrite<Item>) => void,
  ): void {
    const { budget, late } = this.state;
    const name = REGIONS[region];
    const own = this.state.regions[region].refunds[refund]!;
    const running = this.state.regions[region].running[refund]![index]!;
    const end = (next: RefundState) => {
      next.regions[region].running[refund] = next.regions[region].running[refund]!.toSpliced(index, 1);
    };
    if (running.answer === undefined && !isRefundDue(own, running.attempt)) {
      this.step(`${name}: the execution of refund ${refund} has nothing to do`, true, end);
      return;
    }
    if (budget.deaths > 0) {
      this.step(`${name}: the execution of refund ${refund} dies`, false, (next) => {
        next.budget.deaths -= 1;
        end(next);
      });
    }
    if (!this.rules.callsBeforeWriting && own.status === "REQUESTED") {
      this.step(`${name} writes refund ${refund} before the call`, true, (next) =>
        write(next, settleRefund(own, { status: "refunded" }, MOMENT)),
      );
      return;
    }
    if (running.answer) {
      const status = running.answer;
      this.step(`${name} writes refund ${refund}: ${status}`, true, (next) => {
        end(next);
        const settled = settleRefund({ ...own, version: running.version }, { status }, MOMENT);
        if (own.status === "REQUESTED") write(next, settled);
      });
      return;
    }
    if (budget.lostCalls > 0 && !late.includes(refund)) {
      this.step(`${name} gives the call of refund ${refund} up; it is on its way`, false, (next) => {
        next.budget.lostCalls -= 1;
        next.late = [...next.late, refund].sort();
      });
    }
    const id = this.rules.sharesIds || region === 0;
    this.step(`${name} calls refund ${refund}`, true, (next) => {
      const answer = this.provide(next, refund, id);
      next.regions[region].running[refund] = next.regions[region].running[refund]!.with(index, { ...running, answer });
    });
  }

  /** The payment provider. */
  private provide(next: RefundState, refund: number, isSameId = true): PartialRefundAnswer["status"] {
    const isKnown = this.rules.knowsIds && isSameId && next.made[refund]! > 0;
    if (isKnown) return "refunded";
    const amount = this.given.amounts[refund]!;
    const isCaptured = next.payment === "captured";
    if (!isCaptured || (this.rules.refusesExcess && amount > left(next, this.given))) return "refused";
    next.made[refund]! += 1;
    return "refunded";
  }
}

const left = ({ made, wholeRefund }: RefundState, { captured, amounts }: RefundCase): number =>
  amounts.reduce((rest, amount, refund) => rest - amount * made[refund]!, captured - wholeRefund);

function withoutLate(next: RefundState, refund: number): void {
  next.late = next.late.filter((each) => each !== refund);
}

function writeOrder(next: RefundState, region: 0 | 1, item: Versioned): void {
  // Versions fence concurrent writers of one Region; here each step reads and writes at once.
  next.regions[region].order = { ...item, version: 1 };
  if (!isDecided(item.status)) return;
  const end = item.status === "CANCELLED" ? "cancelled" : "shipped";
  next.ends = [...new Set([...next.ends, end])].sort();
}

function partitionOf({ order, orderCopy }: RegionState): Partition<Versioned> {
  return { orders: [order, orderCopy].flatMap((item) => item ?? []), cancelWished: false };
}

/** The effective item of a refund for a reader in this Region. */
function refundIn({ refunds, copies }: RegionState, refund: number): Item | undefined {
  return toRefunds([refunds[refund], copies[refund]].flatMap((item) => item ?? []))[0];
}

function always(state: RefundState, given: RefundCase, broken: (invariant: RefundInvariant) => void): void {
  if (left(state, given) < 0) broken("never more is refunded than was captured");
  if (state.made.some((times) => times > 1)) broken("a refund is made at most once");
  if (given.line && state.made.reduce((sum, times) => sum + times) > 1) broken("a piece is refunded at most once");
  if (state.ends.length > 1) broken("never cancelled and shipped");
  for (const { refunds } of state.regions) {
    for (const [refund, item] of refunds.entries()) {
      if (item?.status === "REFUNDED" && state.made[refund] === 0) broken("a refund is shown as made only if it is");
      if (item?.status === "REFUSED" && state.made[refund]! > 0) broken("a refused refund is never made");
    }
  }
}

/** Nothing happens any more by itself: this is how it stays, unless a stopped Region returns. */
function atRest(state: RefundState, given: RefundCase, broken: (invariant: RefundInvariant) => void): void {
  const up = state.regions.filter(({ isUp }) => isUp);
  for (const region of up) {
    const effective = effectiveItem(partitionOf(region).orders);
    if (effective && !isFinal(effective.status)) broken("every order ends");
    for (const [refund, amount] of given.amounts.entries()) {
      const item = refundIn(region, refund);
      if (item?.status === "REQUESTED" || (region.accepted[refund] && !item))
        broken("an accepted refund is made or refused in the end");
      if (item?.status === "REFUSED" && amount <= left(state, given))
        broken("a refund is refused only if too little is left");
    }
  }
  if (up.length < 2) return;
  for (const refund of given.amounts.keys()) {
    const [east, west] = up.map((region) => refundIn(region, refund)?.status);
    if (east !== west) broken("both Regions agree in the end");
  }
}

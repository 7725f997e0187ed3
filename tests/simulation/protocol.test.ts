import { expect } from "chai";
import type { Standing } from "../../domain/order/items";
import { isDecided } from "../../domain/order/status";
import { type Invariant, search } from "../kit/model/search";
import { ALL_RULES, type Rules, type Trouble } from "../kit/model/world";

const NO_TROUBLE: Trouble = {
  kills: 0,
  falseTakeovers: 0,
  lostCalls: 0,
  deaths: 0,
  cancels: 0,
  staleTakeovers: 0,
  wrongSweeps: 0,
  retries: 0,
  resubmits: false,
};

/** Bounds that are searched to the last state, in some 30 seconds. */
const BOUNDS: Partial<Trouble>[] = [
  { kills: 1, lostCalls: 1 },
  { kills: 1, cancels: 1 },
  { kills: 1, deaths: 1 },
  { lostCalls: 1, cancels: 1, deaths: 1 },
  { cancels: 1, resubmits: true },
  { falseTakeovers: 1, lostCalls: 1 },
  { falseTakeovers: 1, cancels: 1 },
  { falseTakeovers: 2 },
  { wrongSweeps: 1, cancels: 1, lostCalls: 1 },
  { retries: 2, cancels: 1, lostCalls: 1 },
  { retries: 1, falseTakeovers: 1, cancels: 1 },
];

/** With STAYOPEN_MODEL=large: some minutes and GB more. */
const LARGE_BOUNDS: Partial<Trouble>[] = [
  { kills: 2 },
  { kills: 1, resubmits: true },
  { kills: 1, lostCalls: 1, cancels: 1 },
  { kills: 1, falseTakeovers: 1, cancels: 1 },
  { kills: 1, staleTakeovers: 1 },
  { kills: 1, wrongSweeps: 1 },
  { kills: 1, retries: 1 },
  { falseTakeovers: 1, resubmits: true, cancels: 1 },
];

const LIMIT = 60_000_000;

const describeTrouble = (trouble: Partial<Trouble>) =>
  Object.entries(trouble)
    .map(([kind, budget]) => (budget === true ? kind : `${kind} ≤ ${budget}`))
    .join(", ");

describe("order protocol, searched exhaustively", function () {
  this.timeout(process.env.STAYOPEN_MODEL === "large" ? 3_600_000 : 900_000);

  const bounds = process.env.STAYOPEN_MODEL === "large" ? [...BOUNDS, ...LARGE_BOUNDS] : BOUNDS;
  let states = 0;

  for (const trouble of bounds) {
    it(`keeps every invariant with ${describeTrouble(trouble)}`, () => {
      const result = search(ALL_RULES, { ...NO_TROUBLE, ...trouble }, LIMIT);
      expect(result.findings.map((finding) => [finding.invariant, ...finding.trace].join("\n"))).to.deep.equal([]);
      expect(result.exhaustive, "the search was cut off").to.equal(true);
      states += result.states;
    });
  }

  it("covers more than a million states", () => {
    expect(states).to.be.greaterThan(1_000_000);
  });
});

const superseded = (item: Standing) => item.status === "SUPERSEDED";

/** Rule 1 without its last two sentences: two items of the same epoch, neither before the other. */
const withoutTieRule = (first: Standing, second: Standing) => {
  if (superseded(first) !== superseded(second)) return superseded(second);
  if (isDecided(first.status) !== isDecided(second.status)) return isDecided(first.status);
  return first.epoch > second.epoch;
};

/** Rule 1 without its second sentence. */
const withoutDecidedFirst = (first: Standing, second: Standing) => {
  if (superseded(first) !== superseded(second)) return superseded(second);
  if (first.epoch !== second.epoch) return first.epoch > second.epoch;
  if (first.createdAt !== second.createdAt) return first.createdAt < second.createdAt;
  return first.region < second.region;
};

/** Rule 1 without its third sentence. */
const withoutFinalFirst = (first: Standing, second: Standing) => {
  if (superseded(first) !== superseded(second)) return superseded(second);
  if (isDecided(first.status) !== isDecided(second.status)) return isDecided(first.status);
  if (first.epoch !== second.epoch) return first.epoch > second.epoch;
  if (first.createdAt !== second.createdAt) return first.createdAt < second.createdAt;
  return first.region < second.region;
};

describe("order protocol without one of its rules", () => {
  const needed: [string, Partial<Rules>, Partial<Trouble>, Invariant][] = [
    ["the tie rule", { ranking: withoutTieRule }, { resubmits: true }, "one item is effective in the end"],
    ["decided first", { ranking: withoutDecidedFirst }, { kills: 1 }, "no reader sees a decided status undone"],
    ["final first", { ranking: withoutFinalFirst }, { kills: 1 }, "no reader sees a delivery undone"],
    [
      "takeover of effective items only",
      { takesOverEffectiveOnly: false },
      { falseTakeovers: 2 },
      "one item is effective in the end",
    ],
    ["takeover of effective items only", { takesOverEffectiveOnly: false }, { falseTakeovers: 2 }, "every order ends"],
    ["the sweeper", { sweeps: false }, { deaths: 1 }, "every order ends"],
    ["the release of parked orders", { releases: false }, { deaths: 1 }, "every order ends"],
    [
      "the shipping provider's memory of an impossible shipment",
      { remembersImpossible: false },
      { falseTakeovers: 1 },
      "never refunded or voided and shipped",
    ],
    [
      "a payment that arbitrates, as for a free order without calls",
      { arbitrates: false },
      { falseTakeovers: 1, cancels: 1 },
      "never refunded or voided and shipped",
    ],
    ["a void that lasts", { voidLasts: false }, { kills: 1 }, "a cancelled order costs nothing"],
  ];
  /** Of the last search: two invariants may be broken by one. */
  let last: { rule: string; findings: ReturnType<typeof search>["findings"] } | undefined;
  for (const [rule, without, trouble, broken] of needed) {
    it(`breaks "${broken}" without ${rule}`, () => {
      if (last?.rule !== rule)
        last = { rule, ...search({ ...ALL_RULES, ...without }, { ...NO_TROUBLE, ...trouble }, 3_000_000) };
      const { findings } = last;
      expect(findings.map(({ invariant }) => invariant)).to.include(broken);
    }).timeout(600_000);
  }

  it("breaks nothing without the check of the peer Region's item before each step, which only saves provider calls", () => {
    for (const trouble of [{ kills: 1 }, { falseTakeovers: 1, cancels: 1 }, { resubmits: true }]) {
      const { findings, exhaustive } = search(
        { ...ALL_RULES, checksForeign: false },
        { ...NO_TROUBLE, ...trouble },
        3_000_000,
      );
      expect(findings).to.deep.equal([]);
      expect(exhaustive).to.equal(true);
    }
  }).timeout(600_000);
});

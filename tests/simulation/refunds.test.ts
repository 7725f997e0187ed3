import { expect } from "chai";
import {
  ALL_REFUND_RULES,
  type RefundCase,
  type RefundInvariant,
  type RefundRules,
  searchRefunds,
} from "../kit/model/refunds";

/** Two refunds that exceed the captured amount together. */
const TOO_MUCH: RefundCase = { captured: 3, amounts: [2, 2], trouble: {} };
/** Two refunds that are the whole. */
const WHOLE: RefundCase = { captured: 2, amounts: [1, 1], trouble: {} };
const ONE: RefundCase = { captured: 2, amounts: [2], trouble: {} };
/** The same beside the capture and the shipping of its order. */
const EARLY: RefundCase = { ...ONE, from: "PAID" };

/** Two refunds of the one piece of a line, requested in one Region. */
const SAME_PIECE: RefundCase = { captured: 4, amounts: [2, 2], line: true, inOneRegion: true, trouble: {} };

const CASES: Record<string, RefundCase> = {
  "two refunds that exceed the captured amount together, and a Region that stops": {
    ...TOO_MUCH,
    trouble: { kills: 1 },
  },
  "two refunds that exceed it, and a false takeover": { ...TOO_MUCH, trouble: { falseTakeovers: 1 } },
  "two refunds that exceed it, and a late call": { ...TOO_MUCH, trouble: { lostCalls: 1 } },
  "two refunds that are the whole, and a false takeover": { ...WHOLE, trouble: { falseTakeovers: 1 } },
  "two refunds that are the whole, and a Region that stops": { ...WHOLE, trouble: { kills: 1 } },
  "two refunds that are the whole, and a wrong sweep": { ...WHOLE, trouble: { wrongSweeps: 1 } },
  "one refund, a Region that stops, a late call and a dead execution": {
    ...ONE,
    trouble: { kills: 1, lostCalls: 1, deaths: 1 },
  },
  "one refund, a wrong sweep, two dead executions and a late call": {
    ...ONE,
    trouble: { wrongSweeps: 1, deaths: 2, lostCalls: 1 },
  },
  "a refund of the whole as soon as the order is captured, and two false takeovers": {
    ...EARLY,
    trouble: { falseTakeovers: 2 },
  },
  "the same, and a Region that stops": { ...EARLY, trouble: { kills: 1 } },
  "two refunds of one piece, a Region that stops, a late call and a dead execution": {
    ...SAME_PIECE,
    trouble: { kills: 1, lostCalls: 1, deaths: 1 },
  },
  "two refunds of one piece, a false takeover and a wrong sweep": {
    ...SAME_PIECE,
    trouble: { falseTakeovers: 1, wrongSweeps: 1 },
  },
};

describe("partial refunds, searched exhaustively", function () {
  this.timeout(240_000);
  let states = 0;

  for (const [name, given] of Object.entries(CASES)) {
    it(`keeps every invariant with ${name}`, () => {
      const result = searchRefunds(given);
      expect(result.findings.map(({ invariant, trace }) => [invariant, ...trace].join("\n"))).to.deep.equal([]);
      expect(result.exhaustive, "the search was cut off").to.equal(true);
      states += result.states;
    });
  }

  it("covers more than 50,000 states", () => {
    expect(states).to.be.greaterThan(50_000);
  });
});

describe("partial refunds without one of the rules", function () {
  this.timeout(240_000);

  const needed: [string, Partial<RefundRules>, RefundCase, RefundInvariant][] = [
    [
      "a provider that knows a refund by its id",
      { knowsIds: false },
      { ...ONE, captured: 4, trouble: { lostCalls: 1 } },
      "a refund is made at most once",
    ],
    [
      "one id in both Regions",
      { sharesIds: false },
      { ...ONE, captured: 4, trouble: { falseTakeovers: 1 } },
      "a refund is made at most once",
    ],
    [
      "a provider that refuses what exceeds the captured amount",
      { refusesExcess: false },
      TOO_MUCH,
      "never more is refunded than was captured",
    ],
    [
      "a payment that stays captured when its parts are the whole",
      { staysCaptured: false },
      { ...EARLY, trouble: { falseTakeovers: 1 } },
      "never cancelled and shipped",
    ],
    [
      "the status table, so that orders that are not captured are refunded",
      { asksStatus: false },
      { ...EARLY, trouble: { lostCalls: 1 } },
      "a refused refund is never made",
    ],
    [
      "a whole refund of the rest alone",
      { refundsRest: false, asksStatus: false },
      EARLY,
      "never more is refunded than was captured",
    ],
    ["the count of accepted refunds", { countsAccepted: false }, SAME_PIECE, "a piece is refunded at most once"],
    ["a call before the write", { callsBeforeWriting: false }, ONE, "a refund is shown as made only if it is"],
    [
      "the sweeper",
      { sweeps: false },
      { ...ONE, trouble: { deaths: 1 } },
      "an accepted refund is made or refused in the end",
    ],
    [
      "the takeover of refunds",
      { takesOver: false },
      { ...ONE, trouble: { kills: 1 } },
      "an accepted refund is made or refused in the end",
    ],
  ];
  for (const [rule, without, given, broken] of needed) {
    it(`breaks "${broken}" without ${rule}`, () => {
      const { findings } = searchRefunds(given, { ...ALL_REFUND_RULES, ...without }, { until: broken });
      expect(findings.map(({ invariant }) => invariant)).to.include(broken);
    });
  }
});

import { expect } from "chai";
import { takeOver } from "../../domain/order";
import { count, counterName } from "../../domain/stock";
import { ALL_STOCK_RULES, type StockCase, type StockInvariant, type StockRules, searchStock } from "../kit/model/stock";

const AT = "2026-01-01T00:00:00.000Z";

/** One unit in the first Region, and a customer of each Region who wants it. */
const LAST_UNIT: StockCase = {
  units: [[1], [0]],
  orders: [
    { lines: [1], region: 0 },
    { lines: [1], region: 1 },
  ],
  trouble: {},
};

/** An order of two products, whose units are in different Regions, and another order for one of them. */
const TWO_PRODUCTS: StockCase = {
  units: [
    [1, 0],
    [0, 1],
  ],
  orders: [
    { lines: [1, 1], region: 0 },
    { lines: [0, 1], region: 1 },
  ],
  trouble: {},
};

const CASES: Record<string, StockCase> = {
  "the last unit, wanted in both Regions, and a Region that stops": { ...LAST_UNIT, trouble: { kills: 1 } },
  "the last unit, and a false takeover": { ...LAST_UNIT, trouble: { falseTakeovers: 1 } },
  "an order that both Regions accept, and a Region that stops": {
    units: [[1], [1]],
    orders: [{ lines: [1], region: 0 }],
    trouble: { resubmits: true, kills: 1 },
  },
  "an order that both Regions accept, and two false takeovers": {
    units: [[1], [1]],
    orders: [{ lines: [1], region: 0 }],
    trouble: { resubmits: true, falseTakeovers: 2 },
  },
  "two units that each Region wants both of": {
    units: [[1], [1]],
    orders: [
      { lines: [2], region: 0 },
      { lines: [2], region: 1 },
    ],
    trouble: {},
  },
  "two products in one order, and another order for one of them": { ...TWO_PRODUCTS, trouble: {} },
  "two products, and a Region that stops": { ...TWO_PRODUCTS, trouble: { kills: 1, wishes: 1 } },
  "two products, and a false takeover": { ...TWO_PRODUCTS, trouble: { falseTakeovers: 1, wishes: 1 } },
  "a Region that is lost and claimed": { ...LAST_UNIT, units: [[1], [1]], trouble: { losses: 1, claims: 1 } },
  "a Region that is claimed and returns": { ...LAST_UNIT, trouble: { kills: 1, claims: 1, wishes: 0 } },
};

describe("counted stock, searched exhaustively", function () {
  this.timeout(240_000);
  let states = 0;

  for (const [name, given] of Object.entries(CASES)) {
    it(`keeps every invariant with ${name}`, () => {
      const result = searchStock(given);
      expect(result.findings.map(({ invariant, trace }) => [invariant, ...trace].join("\n"))).to.deep.equal([]);
      expect(result.exhaustive, "the search was cut off").to.equal(true);
      states += result.states;
    });
  }

  it("covers more than a hundred thousand states", () => {
    expect(states).to.be.greaterThan(100_000);
  });
});

describe("counted stock without a rule", function () {
  this.timeout(240_000);
  const { settle, returns } = ALL_STOCK_RULES;
  const twice = CASES["an order that both Regions accept, and a Region that stops"]!;
  const stopping = { ...LAST_UNIT, trouble: { kills: 1 } };

  const MISTAKES: [string, Partial<StockRules>, StockCase, StockInvariant][] = [
    [
      "sells units of the peer's share",
      { mayTake: (own, known, quantity) => own.available + (known?.available ?? 0) >= quantity },
      LAST_UNIT,
      "no more units are promised than were there",
    ],
    ["sells without looking at the share", { mayTake: () => true }, LAST_UNIT, "a share never falls below 0"],
    [
      "adds what the peer has sent without its counter",
      {
        settle: (own, peer, region, at) => {
          const change = settle(own, peer, region, at);
          return change?.kind === "receive" ? { ...change, by: 0 } : change;
        },
      },
      LAST_UNIT,
      "no unit appears or disappears",
    ],
    [
      "sends units without taking them out of the share",
      {
        settle: (own, peer, region, at) => {
          const change = settle(own, peer, region, at);
          return change?.kind === "send" ? { ...change, units: 0 } : change;
        },
      },
      LAST_UNIT,
      "no unit appears or disappears",
    ],
    [
      "never adds what the peer has sent",
      {
        settle: (own, peer, region, at) => {
          const change = settle(own, peer, region, at);
          return change?.kind === "receive" ? undefined : change;
        },
      },
      LAST_UNIT,
      "every unit comes back or is shipped",
    ],
    [
      "answers no wish",
      { settle: (own, peer, region) => settle(own, { ...peer, wanted: undefined }, region, AT) },
      LAST_UNIT,
      "a waiting Region gets the units that are left",
    ],
    [
      "copies the hold at a takeover",
      {
        takesOver: (partition, region) => {
          const write = takeOver(partition, region, { at: AT });
          const source = partition.orders.find((item) => item.region !== region);
          return write && { ...write, item: { ...write.item, hold: source?.hold } };
        },
      },
      stopping,
      "a share's units sold are those that its orders hold",
    ],
    [
      "drops its own hold at a takeover",
      {
        takesOver: (partition, region) => {
          const write = takeOver(partition, region, { at: AT });
          return write && { ...write, item: { ...write.item, hold: undefined } };
        },
      },
      twice,
      "a share's units sold are those that its orders hold",
    ],
    [
      "returns the units of a superseded item at once",
      {
        returns: (partition, region) => {
          const own = partition.orders.find((item) => item.region === region);
          if (own?.status !== "SUPERSEDED" || !own.hold || own.hold.returned) return returns(partition, region);
          return returns({ ...partition, orders: [{ ...own, status: "CANCELLED" }] }, region);
        },
      },
      stopping,
      "a shipped order has its units",
    ],
    [
      "returns units without noting it",
      {
        returns: (partition, region) => {
          const write = returns(partition, region);
          const own = partition.orders.find((item) => item.region === region);
          return write && { ...write, item: { ...write.item, hold: own?.hold } };
        },
      },
      LAST_UNIT,
      "a share's units sold are those that its orders hold",
    ],
    [
      "keeps the second hold of an order",
      {
        returns: (partition, region) => {
          const isCancelled = partition.orders.some((item) => item.status === "CANCELLED");
          return isCancelled ? returns(partition, region) : undefined;
        },
      },
      twice,
      "every unit comes back or is shipped",
    ],
    [
      "returns units to the share of the Region that took the order over",
      { returnsTo: (item) => (item.region === "us-east-1" ? "us-west-2" : "us-east-1") },
      LAST_UNIT,
      "a share's units sold are those that its orders hold",
    ],
    [
      "keeps units that the peer has claimed",
      {
        settle: (own, peer, region, at) => {
          const name = counterName("claimedFrom", region);
          return settle(own, { ...peer, [name]: count(own, "cededTo", peer.region) }, region, at);
        },
      },
      CASES["a Region that is claimed and returns"]!,
      "every unit comes back or is shipped",
    ],
  ];

  for (const [mistake, rules, given, invariant] of MISTAKES) {
    it(`breaks "${invariant}" if a Region ${mistake}`, () => {
      const { findings } = searchStock(given, { ...ALL_STOCK_RULES, ...rules }, { until: invariant });
      expect(findings.map((finding) => finding.invariant)).to.include(invariant);
    });
  }
});

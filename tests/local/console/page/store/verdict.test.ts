import { expect } from "chai";
import { verdictOf } from "../../../../../local/console/page/store/verdict";
import type { Sample } from "../../../../../local/console/pulse";
import type { ConsoleState } from "../../../../../local/console/state";

const [east, west] = ["us-east-1", "us-west-2"];

type State = "up" | "dead" | "frozen" | "lost";
const view = (first: State, second: State, more: Partial<ConsoleState["regions"]> = {}): ConsoleState["regions"] => ({
  regions: [
    { region: east, stack: "prod-east", endpoint: "", state: first, up: first === "up" },
    { region: west, stack: "prod-west", endpoint: "", state: second, up: second === "up" },
  ],
  ...more,
});
const sample = (figures: Partial<Sample> = {}): Sample => ({
  at: 0,
  requests: 1,
  failed: 0,
  answered: 0,
  orders: 0,
  queued: 0,
  deadLetters: 0,
  ...figures,
});

describe("verdictOf", () => {
  it("waits for the first state", () => {
    expect(verdictOf({}).title).to.contain("Reading");
  });

  it("finds both Regions well", () => {
    expect(verdictOf({ regions: view("up", "up"), pulse: { [east]: [sample()] } })).to.deep.equal({
      look: "good",
      title: "All is well: the store is open in both Regions.",
      reasons: [],
    });
  });

  it("names the Region that serves while the other is dead, and the names that still lead to it", () => {
    const names = [{ name: "orders.api.stayopen.test", answeredBy: [east] }];
    const { look, title, reasons } = verdictOf({ regions: view("dead", "up", { names }) });
    expect([look, title]).to.deep.equal(["busy", "The store is open: us-west-2 serves customers."]);
    expect(reasons[0]).to.equal("us-east-1 is dead.");
    expect(reasons[1]).to.contain("DNS follows");
  });

  it("says nothing of a dead Region's own name, which always leads to it", () => {
    const names = [{ name: `orders-${east}.api.stayopen.test`, answeredBy: [east] }];
    expect(verdictOf({ regions: view("dead", "up", { names }) }).reasons).to.deep.equal(["us-east-1 is dead."]);
  });

  it("calls the store closed without a living Region", () => {
    const { look, title, reasons } = verdictOf({ regions: view("dead", "frozen") });
    expect([look, title]).to.deep.equal(["bad", "The store is closed."]);
    expect(reasons[0]).to.equal("us-east-1 is dead, and us-west-2 is frozen. Bring a Region back.");
  });

  it("reports failing requests, old orders and dead letters", () => {
    const pulse = { [east]: [sample({ failed: 0.5, oldestOpenMs: 3_600_000, deadLetters: 2 })] };
    const { look, title, reasons } = verdictOf({ regions: view("up", "up"), pulse });
    expect([look, title]).to.deep.equal(["bad", "The store is open, with trouble."]);
    expect(reasons).to.deep.equal([
      "us-east-1 fails 50 % of its requests.",
      "An order in us-east-1 has not ended for 1 h 0 min.",
      "us-east-1 has 2 dead-letter messages: see Queues.",
    ]);
  });

  it("reports late replication, as after a Region's return", () => {
    const pulse = { [west]: [sample({ replicationMs: 31_000 })] };
    expect(verdictOf({ regions: view("up", "up"), pulse }).reasons).to.deep.equal([
      "Changes from the other Region reach us-west-2 31 s late.",
    ]);
  });

  it("ignores the last figures of a dead Region", () => {
    const pulse = { [east]: [sample({ failed: 1 })] };
    expect(verdictOf({ regions: view("dead", "up"), pulse }).reasons).to.deep.equal(["us-east-1 is dead."]);
  });
});

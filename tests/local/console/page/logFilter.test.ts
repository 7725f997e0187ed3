import { expect } from "chai";
import { filterLines, NO_FILTER } from "../../../../local/console/page/logFilter";
import type { LogLine } from "../../../../local/console/state";

const line = (id: string, more: Partial<LogLine>): LogLine => ({
  id,
  at: "",
  functionName: "orders-submit",
  region: "us-east-1",
  level: "info",
  text: "",
  orderIds: [],
  ...more,
});
const lines = [
  line("a", { text: "Payment is down", level: "error", orderIds: ["7ZQ4"] }),
  line("b", { functionName: "orders-ship", level: "warn", region: "us-west-2" }),
  line("c", { text: "Swept", orderIds: ["8AAA"] }),
];
const ids = (filter: Partial<typeof NO_FILTER>) =>
  filterLines(lines, { ...NO_FILTER, ...filter })
    .map(({ id }) => id)
    .join("");

describe("filterLines", () => {
  it("lets everything through without a filter", () => expect(ids({})).to.equal("abc"));
  it("finds all words, in message and function", () => {
    expect([ids({ text: "down payment" }), ids({ text: "SHIP" }), ids({ text: "payment ship" })]).to.deep.equal([
      "a",
      "b",
      "",
    ]);
  });
  it("filters by level", () => {
    expect([ids({ level: "errors" }), ids({ level: "warnings and errors" })]).to.deep.equal(["a", "ab"]);
  });
  it("filters by function and Region", () => {
    expect([ids({ functionName: "orders-submit" }), ids({ region: "us-west-2" })]).to.deep.equal(["ac", "b"]);
  });
  it("filters by the beginning of an order's id", () => expect(ids({ order: " 7Z" })).to.equal("a"));
});

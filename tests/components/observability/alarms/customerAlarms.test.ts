import { expect } from "chai";
import type { Query } from "../../../kit/dashboardWidgets";
import { type observe, observePrimary } from "../../../kit/observabilityStand";

describe("Alarms on customers' experience", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof observe>>;
  before(async () => {
    all = await observePrimary();
  });

  it("pages for fast and slow burn in both windows, and opens a ticket for creeping burn", () => {
    const rule = String(all.one("CompositeAlarm", "observability-orders")["alarmRule"]);
    for (const rate of ["fast", "slow"]) {
      expect(rule).to.include(
        `(ALARM("observability-orders-burn-${rate}-long-1a2b3c4") AND ALARM("observability-orders-burn-${rate}-short-1a2b3c4"))`,
      );
    }
    expect(rule).not.to.include("creeping");
    expect(String(all.one("CompositeAlarm", "observability-tickets")["alarmRule"])).to.include(
      "orders-burn-creeping-long",
    );
  });

  it("raises the fast burn alarm at 14.4 times the budget over an hour and five minutes", () => {
    const alarm = all.one("MetricAlarm", "observability-orders-burn-fast-long");
    expect(alarm["threshold"]).to.equal(0.0144);
    const queries = alarm["metricQueries"] as Query[];
    expect(queries.map(({ metric }) => metric?.period)).to.deep.equal([undefined, 3_600, 3_600]);
    const short = all.one("MetricAlarm", "observability-orders-burn-fast-short")["metricQueries"] as Query[];
    expect(short[1]?.metric?.period).to.equal(300);
  });
});

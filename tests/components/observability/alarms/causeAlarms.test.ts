import { expect } from "chai";
import type { Query } from "../../../kit/dashboardWidgets";
import { type observe, observePrimary } from "../../../kit/observabilityStand";

describe("Alarms on causes", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof observe>>;
  before(async () => {
    all = await observePrimary();
  });

  it("watches any number of functions of a service", () => {
    const queries = all
      .of("MetricAlarm")
      .filter(({ name }) => name.startsWith("observability-orders-function-errors"))
      .flatMap(({ inputs }) => inputs["metricQueries"] as Query[]);
    expect(queries.filter(({ metric }) => metric)).to.have.length(13);
  });

  it("shows what WAF blocks by rule, and raises an alarm on its share of all requests", () => {
    const dashboard = all.of("Dashboard").find(({ name }) => name === "observability")!;
    expect(String(dashboard.inputs["dashboardBody"])).to.include(
      '"AWS/WAFV2","BlockedRequests","WebACL","store-site-waf","Rule","rate-orders"',
    );
    const alarm = all.of("MetricAlarm").find(({ name }) => name === "observability-requests-blocked")!;
    const queries = alarm.inputs["metricQueries"] as { metric?: { metricName: string; dimensions: object } }[];
    const metrics = queries.flatMap(({ metric }) => (metric ? [metric] : []));
    expect(metrics.map(({ metricName }) => metricName)).to.deep.equal(["BlockedRequests", "AllowedRequests"]);
    for (const { dimensions } of metrics) expect(dimensions).to.deep.equal({ WebACL: "store-site-waf", Rule: "ALL" });
  });
});

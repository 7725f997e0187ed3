import { expect } from "chai";
import { type observe, observePrimary } from "../../kit/observabilityStand";

describe("Metrics of requests", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof observe>>;
  before(async () => {
    all = await observePrimary();
  });

  it("counts faults and throttled requests from the access logs, but not the callers' errors", () => {
    const faults = all.one("LogMetricFilter", "observability-OrderFaults");
    expect(faults["pattern"]).to.equal('{ $.route = "POST /api/orders" && ($.status = "5*" || $.status = "429") }');
    expect(faults["metricTransformation"]).to.deep.include({
      namespace: "store/prod-east",
      value: "1",
      defaultValue: "0",
    });
    expect(all.of("LogMetricFilter")).to.have.length(4);
  });
});

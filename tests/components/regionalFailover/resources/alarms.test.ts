import { expect } from "chai";
import { register } from "../../../kit/regionalFailoverStand";

describe("The alarms of a Region", function () {
  this.timeout(120_000);
  type Registered = Awaited<ReturnType<typeof register>>;
  let made: Registered;
  before(async () => {
    made = await register("us-east-1");
  });

  it("creates alarms on itself and on its peer", () => {
    expect(made.of("MetricAlarm").map(({ name }) => name)).to.have.members([
      "failover-heartbeat-missing",
      "failover-health-failing",
      "failover-peer-lost",
      "failover-peer-unhealthy",
      "failover-takeover-running",
    ]);
    expect(made.named("MetricAlarm", "failover-heartbeat-missing")).to.include({ treatMissingData: "breaching" });
  });
});

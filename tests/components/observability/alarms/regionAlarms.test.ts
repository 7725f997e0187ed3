import { expect } from "chai";
import { namesIn } from "../../../kit/dashboardWidgets";
import { observe, observePrimary } from "../../../kit/observabilityStand";

describe("Alarms on Regions", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof observe>>;
  before(async () => {
    all = await observePrimary();
  });

  it("includes the failover's alarms of its own Region only", async () => {
    const rules = (of: typeof all.of) => of("CompositeAlarm").flatMap(({ inputs }) => namesIn(inputs["alarmRule"]));
    expect(rules(all.of)).to.include("failover-health-check-1a2b3c4");
    const west = await observe({ region: "us-west-2", peerRegions: ["us-east-1"] });
    expect(west.one("MetricAlarm", "failover-health-check")["region"]).to.equal("us-east-1");
    expect(rules(west.of)).to.include("failover-peer-lost-1a2b3c4").and.not.include("failover-health-check-1a2b3c4");
  });

  it("creates nothing for peer Regions without a peer", async () => {
    const { of, releaseAlarms } = await observe({ failover: undefined });
    expect(of("CompositeAlarm").map(({ name }) => name)).not.to.include("observability-region");
    expect(of("Dashboard")).to.have.length(1);
    expect(releaseAlarms).to.deep.equal([
      "store-prod-east-observability-orders",
      "store-prod-east-observability-search",
    ]);
    expect(of("MetricAlarm").filter(({ name }) => /^observability-.*replication/.test(name))).to.deep.equal([]);
  });
});

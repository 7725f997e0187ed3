import { expect } from "chai";
import { namesIn } from "../../../kit/dashboardWidgets";
import { type observe, observePrimary } from "../../../kit/observabilityStand";

describe("Composite alarms", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof observe>>;
  before(async () => {
    all = await observePrimary();
  });

  it("gives actions only to composites, and includes each alarm in one of them", () => {
    const single = all.of("MetricAlarm");
    expect(single.length).to.be.at.least(40);
    expect(single.filter(({ inputs }) => ((inputs["alarmActions"] as unknown[]) ?? []).length > 0)).to.deep.equal([]);
    const watched = new Set(all.of("CompositeAlarm").flatMap(({ inputs }) => namesIn(inputs["alarmRule"])));
    expect(single.map(({ name }) => `${name}-1a2b3c4`).filter((name) => !watched.has(name))).to.deep.equal([]);
  });

  it("pages once per failure: a lost Region silences the alarms it causes, customers' alarms silence those on causes", () => {
    const suppressor = (suffix: string) =>
      (all.one("CompositeAlarm", `observability-${suffix}`)["actionsSuppressor"] as { alarm: string } | undefined)
        ?.alarm;
    const arn = (suffix: string) => `arn:aws:test:us-east-1:123456789012:observability-${suffix}`;
    expect(suppressor("region")).to.equal(undefined);
    for (const symptom of ["orders", "search"]) expect(suppressor(symptom)).to.equal(arn("region"));
    for (const cause of ["work", "causes"]) expect(suppressor(cause)).to.equal(arn("customers"));
    expect(namesIn(all.one("CompositeAlarm", "observability-customers")["alarmRule"])).to.have.members([
      "store-prod-east-observability-region",
      "store-prod-east-observability-orders",
      "store-prod-east-observability-search",
    ]);
    expect(all.one("CompositeAlarm", "observability-customers")["alarmActions"]).to.deep.equal([]);
  });

  it("does not page for a certificate that expires in a month", () => {
    expect(String(all.one("CompositeAlarm", "observability-tickets")["alarmRule"])).to.include(
      "apis-certificate-expires",
    );
    expect(String(all.one("CompositeAlarm", "observability-region")["alarmRule"])).not.to.include("certificate");
  });
});

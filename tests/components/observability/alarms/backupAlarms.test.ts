import { expect } from "chai";
import { observe, observePrimary } from "../../../kit/observabilityStand";

describe("Alarms on backups", () => {
  const backupsIn = ({ of }: Awaited<ReturnType<typeof observe>>) =>
    of("MetricAlarm").filter(({ name }) => name.includes("backups-"));

  it("take two days without a backup for a failure, because a plan that does not run reports none", async () => {
    const alarms = backupsIn(await observePrimary());
    expect(alarms).to.have.length(2);
    const missing = alarms.find(({ name }) => name.endsWith("backups-missing"))!;
    expect(missing.inputs).to.include({ treatMissingData: "breaching", datapointsToAlarm: 2, period: 86_400 });
  });

  it("do not exist in a store without backups", async () => {
    expect(backupsIn(await observe())).to.deep.equal([]);
  });
});

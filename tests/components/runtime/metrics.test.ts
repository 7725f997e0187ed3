import { expect } from "chai";
import { metricEmitter } from "../../../components/runtime/metrics";
import { printedMetrics } from "../../kit/printedMetrics";

describe("metricEmitter", () => {
  it("writes metrics to the log, durations in seconds, without an infinite age", () => {
    const lines = printedMetrics(() => {
      metricEmitter("regions")({
        HeartbeatsWritten: 1,
        PeerLost: 0,
        PeerHeartbeatAgeSeconds: Number.POSITIVE_INFINITY,
      });
      metricEmitter("regions")({ PeerHeartbeatAgeSeconds: 75 });
    });
    expect(lines.map(({ service }) => service)).to.deep.equal(["regions", "regions"]);
    const metrics = lines.map(({ _aws }) => _aws.CloudWatchMetrics[0].Metrics);
    expect(metrics).to.deep.equal([
      [
        { Name: "HeartbeatsWritten", Unit: "Count" },
        { Name: "PeerLost", Unit: "Count" },
      ],
      [{ Name: "PeerHeartbeatAgeSeconds", Unit: "Seconds" }],
    ]);
  });
});

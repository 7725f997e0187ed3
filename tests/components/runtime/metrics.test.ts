import { expect } from "chai";
import { counter } from "../../../../components/regionalFailover/handlers/metrics";
import { printedMetrics } from "../../../kit/printedMetrics";

describe("counter", () => {
  it("writes a round's metrics to the log, without the endless age of a missing heartbeat", () => {
    const lines = printedMetrics(() => {
      counter()({ HeartbeatsWritten: 1, PeerLost: 0, PeerHeartbeatAgeSeconds: Number.POSITIVE_INFINITY });
      counter()({ PeerHeartbeatAgeSeconds: 75 });
    });
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

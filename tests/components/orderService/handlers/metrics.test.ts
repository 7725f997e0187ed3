import { expect } from "chai";
import { createCounter } from "../../../../components/orderService/handlers/metrics";
import { printedMetrics } from "../../../kit/printedMetrics";

describe("createCounter", () => {
  it("writes each metric to the log at once, durations in seconds", () => {
    const lines = printedMetrics(() => {
      const count = createCounter();
      count("OrdersPlaced");
      count("PaidAfterSeconds", 3.5);
    });
    expect(lines.map(({ service, _aws }) => [service, _aws.CloudWatchMetrics[0].Metrics])).to.deep.equal([
      ["orders", [{ Name: "OrdersPlaced", Unit: "Count" }]],
      ["orders", [{ Name: "PaidAfterSeconds", Unit: "Seconds" }]],
    ]);
    expect([lines[0]?.["OrdersPlaced"], lines[1]?.["PaidAfterSeconds"]]).to.deep.equal([1, 3.5]);
  });
});

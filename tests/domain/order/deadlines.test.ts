import { expect } from "chai";
import { sweepAt } from "../../../domain/order/deadlines";

describe("sweepAt", () => {
  const at = "2026-03-01T12:00:00.000Z";
  const deadlines = { settlingSeconds: 60, travellingSeconds: 3_600 };

  it("waits for the payment of an order that is placed or paid", () => {
    for (const status of ["PLACED", "PAID"] as const)
      expect(sweepAt(status, at, deadlines), status).to.equal("2026-03-01T12:01:00.000Z");
  });

  it("waits for a parcel that travels", () => {
    for (const status of ["SHIPPING", "SHIPPED"] as const)
      expect(sweepAt(status, at, deadlines), status).to.equal("2026-03-01T13:00:00.000Z");
  });

  it("waits half an hour and a week by default", () => {
    expect(sweepAt("PLACED", at)).to.equal("2026-03-01T12:30:00.000Z");
    expect(sweepAt("SHIPPED", at)).to.equal("2026-03-08T12:00:00.000Z");
  });
});

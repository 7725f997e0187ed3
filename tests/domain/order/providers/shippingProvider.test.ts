import { expect } from "chai";
import { toTracking } from "../../../../domain/order/providers/shippingProvider";

describe("toTracking", () => {
  const tracking = { trackingNumber: "T1", carrier: "C", trackingUrl: "https://carrier.example/T1" };

  it("keeps what an answer has, and nothing else of it", () => {
    expect(toTracking({ ...tracking, status: "accepted" } as never)).to.deep.equal(tracking);
    expect(toTracking({ trackingNumber: "T1" })).to.deep.equal({ trackingNumber: "T1" });
  });

  it("keeps no carrier and no page without a number", () => {
    expect(toTracking({ carrier: "C", trackingUrl: tracking.trackingUrl })).to.deep.equal({});
  });
});

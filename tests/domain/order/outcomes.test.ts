import { expect } from "chai";
import {
  afterAuthorize,
  afterCapture,
  afterShip,
  afterTrack,
  afterVoid,
  type StepKnowledge,
} from "../../../domain/order";

describe("outcomes of provider calls", () => {
  const patience = { waitedSeconds: 5, limitSeconds: 10 };
  const write = (status: string) => ({ kind: "write", status });
  const known = (what: StepKnowledge) => ({ kind: "known", known: what });

  it("write PAID, void or wait with a limit after an authorization", () => {
    expect(afterAuthorize({ status: "authorized" }, patience)).to.deep.equal(write("PAID"));
    expect(afterAuthorize({ status: "captured" }, patience)).to.deep.equal(write("PAID"));
    for (const status of ["declined", "voided", "refunded"] as const) {
      expect(afterAuthorize({ status }, patience)).to.deep.equal(known({ unpaid: true }));
    }
    for (const status of ["pending", "none"] as const) {
      expect(afterAuthorize({ status }, patience)).to.deep.equal({ kind: "wait" });
      const late = { waitedSeconds: 10, limitSeconds: 10 };
      expect(afterAuthorize({ status }, late)).to.deep.equal(known({ unpaid: true }));
    }
  });

  it("follow the first of capture and void", () => {
    expect(afterCapture({ status: "captured" })).to.deep.equal(known({ captured: true }));
    expect(afterCapture({ status: "voided" })).to.deep.equal(write("CANCELLED"));
    expect(afterCapture({ status: "refunded" })).to.deep.equal(write("CANCELLED"));
    expect(afterVoid({ status: "voided" })).to.deep.equal(write("CANCELLED"));
    expect(afterVoid({ status: "captured" })).to.deep.equal(known({ captured: true }));
  });

  it("write SHIPPING or refund after a shipment", () => {
    expect(afterShip({ status: "accepted" })).to.deep.equal(write("SHIPPING"));
    expect(afterShip({ status: "impossible" })).to.deep.equal(known({ captured: true, impossible: true }));
  });

  it("write each status of a parcel in turn, missed ones included", () => {
    expect(afterTrack("accepted", "SHIPPING")).to.deep.equal({ kind: "wait" });
    expect(afterTrack("in-transit", "SHIPPING")).to.deep.equal(write("SHIPPED"));
    expect(afterTrack("delivered", "SHIPPING")).to.deep.equal(write("SHIPPED"));
    expect(afterTrack("in-transit", "SHIPPED")).to.deep.equal({ kind: "wait" });
    expect(afterTrack("delivered", "SHIPPED")).to.deep.equal(write("DELIVERED"));
  });
});

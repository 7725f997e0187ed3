import { expect } from "chai";
import { findEffectiveOrder, toPartition, toView } from "../../../domain/order";
import { itemOf } from "../../kit/orderArbitraries";

describe("toView", () => {
  it("shows the effective item, with each status once although a takeover repeats it", () => {
    const history = ["PLACED", "PAID", "PAID", "SHIPPING"].map((status, minute) => ({
      status: status as "PLACED",
      at: `2026-01-01T00:0${minute}:00.000Z`,
      region: "us-east-1",
      epoch: 1,
    }));
    const west = itemOf({ region: "us-west-2", status: "SHIPPING", epoch: 2 });
    const item = findEffectiveOrder(toPartition([itemOf({ status: "SUPERSEDED" }), { ...west, history }]))!;
    const view = toView(item, true);
    expect(view.history.map(({ status }) => status)).to.deep.equal(["PLACED", "PAID", "SHIPPING"]);
    expect(view.cancelRequested).to.equal(false);
    expect(view).to.not.have.any.keys("customerId", "requestHash", "openIn", "epoch", "version");
  });

  it("shows a requested cancellation until it is decided", () => {
    const cancel = { kind: "cancel" as const };
    const partition = toPartition([itemOf(), cancel]);
    expect(toView(findEffectiveOrder(partition)!, partition.cancelWished).cancelRequested).to.equal(true);
  });

  it("has no item to show if all are superseded", () => {
    expect(findEffectiveOrder(toPartition([itemOf({ status: "SUPERSEDED" })]))).to.equal(undefined);
  });

  it("ignores items of kinds that a later release adds", () => {
    const later = { kind: "return" } as unknown as { kind: "order" };
    expect(toPartition([itemOf(), later]).orders).to.have.length(1);
  });
});

import { expect } from "chai";
import { ownItem, sentChanges, toPartition } from "../../../domain/order/items";
import { itemOf, refundItemOf } from "../../kit/orderArbitraries";

const east = itemOf({ region: "us-east-1" });
const west = itemOf({ region: "us-west-2", epoch: 2 });

describe("toPartition", () => {
  it("has the orders of all Regions alone, if there is nothing else", () => {
    expect(toPartition([east, west])).to.deep.equal({ orders: [east, west], cancelWished: false });
  });

  it("sorts the other items by their kind, those of Regions by Region", () => {
    const refund = refundItemOf();
    const items = [
      east,
      { kind: "cancel" },
      { kind: "wait", region: "wait#us-east-1", challengeUrl: "https://bank.example.com/1" },
      { kind: "wait", region: "wait#us-west-2" },
      refund,
      { kind: "refunds", region: "refunds#us-west-2", accepted: 2 },
    ];
    expect(toPartition(items as { kind: "order" }[])).to.deep.equal({
      orders: [east],
      cancelWished: true,
      challengeUrls: { "us-east-1": "https://bank.example.com/1" },
      refunds: [refund],
      acceptedRefunds: { "us-west-2": 2 },
    });
  });

  it("leaves out kinds of a later release", () => {
    expect(toPartition([{ kind: "gift" as "order" }])).to.deep.equal({ orders: [], cancelWished: false });
  });
});

describe("sentChanges", () => {
  it("joins the records of all Regions, of which one may only be claimed", () => {
    const items = [
      { kind: "notification", sent: new Set(["PLACED"]) },
      { kind: "notification" },
      { kind: "notification", sent: new Set(["PLACED", "PAID"]) },
      east,
    ];
    expect([...sentChanges(items as { kind: "order" }[])]).to.deep.equal(["PLACED", "PAID"]);
  });
});

describe("ownItem", () => {
  it("finds the Region's item", () => {
    const partition = { orders: [east, west], cancelWished: false };
    expect(ownItem(partition, "us-west-2")).to.equal(west);
    expect(ownItem(partition, "eu-west-1")).to.equal(undefined);
  });
});

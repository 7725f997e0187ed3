import { expect } from "chai";
import {
  advance,
  afterAuthorize,
  afterCapture,
  afterVoid,
  effectiveItem,
  holds,
  nextStep,
  type OrderItem,
  onForeignRecord,
  ownItem,
  type Partition,
  placeOrder,
  supersede,
  sweep,
  takeOver,
  type Write,
} from "../../../domain/order";
import { itemOf } from "../../kit/orderArbitraries";

const EAST = "us-east-1";
const WEST = "us-west-2";
const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 12, minute)).toISOString();

/** One order in two Regions, whose replicas exchange items only when `replicate` is called. */
class Order {
  private readonly replicas = { [EAST]: new Map<string, OrderItem>(), [WEST]: new Map<string, OrderItem>() };
  /** Regions whose card item exists, by replica. */
  readonly cards = { [EAST]: new Set<string>(), [WEST]: new Set<string>() };
  cancelWished = false;
  minute = 0;

  partition(region: string): Partition {
    return { orders: [...this.replica(region).values()], cancelWished: this.cancelWished };
  }

  own(region: string): OrderItem {
    return ownItem(this.partition(region), region)!;
  }

  submit(region: string, minute = ++this.minute): boolean {
    const { orderId, customerId, lines, total, shipping, contact, requestHash } = itemOf();
    const order = { orderId, region, customerId, lines, total, shipping, contact, requestHash };
    const written = this.write(region, placeOrder({ ...order, payment: { kind: "card" } }, at(minute)));
    if (written) this.cardsIn(region).add(region);
    return written;
  }

  /** Writes as `OrderStore` does: in one transaction with a condition, and only the own Region's items. */
  write(region: string, write: Write<OrderItem> | undefined): boolean {
    if (!write) return false;
    expect(write.item.region, "an item of another Region").to.equal(region);
    if (!holds(write.condition, ownItem(this.partition(region), region))) return false;
    this.replica(region).set(region, write.item);
    if (write.deleteCard) this.cardsIn(region).delete(region);
    if (write.copyCardOf !== undefined && this.cardsIn(region).has(write.copyCardOf)) this.cardsIn(region).add(region);
    return true;
  }

  takeOver(region: string): boolean {
    return this.write(region, takeOver(this.partition(region), region, { at: at(++this.minute) }));
  }

  become(region: string, ...statuses: OrderItem["status"][]): void {
    for (const status of statuses) {
      expect(this.write(region, advance(this.own(region), status, { at: at(++this.minute) })), status).to.equal(true);
    }
  }

  /** Copies this Region's items to its peer, whose dispatcher handles them (rule 9). */
  replicate(from: string): void {
    const to = from === EAST ? WEST : EAST;
    const item = this.replica(from).get(from);
    if (item) this.replica(to).set(from, item);
    if (this.cardsIn(from).has(from)) this.cardsIn(to).add(from);
    else this.cardsIn(to).delete(from);
    this.write(to, onForeignRecord(this.partition(to), to, { at: at(++this.minute) }));
  }

  /** Replicates until nothing changes. */
  settle(): void {
    for (let round = 0; round < 4; round++) for (const region of [EAST, WEST]) this.replicate(region);
  }

  /** Returns the effective item. Expects it to be the same in both replicas, and the only one that is not superseded. */
  effective(): OrderItem {
    const [east, west] = [EAST, WEST].map((region) => effectiveItem(this.partition(region).orders));
    expect(east).to.deep.equal(west);
    const current = this.partition(EAST).orders.filter(({ status }) => status !== "SUPERSEDED");
    expect(current).to.have.length(1);
    return east!;
  }

  step(region: string, epoch: number, known = {}) {
    return nextStep(this.partition(region), { region, epoch }, known);
  }

  private replica(region: string): Map<string, OrderItem> {
    return this.replicas[region as typeof EAST];
  }

  private cardsIn(region: string): Set<string> {
    return this.cards[region as typeof EAST];
  }
}

describe("schedules of two Regions that broke earlier sketches", () => {
  let order: Order;
  beforeEach(() => {
    order = new Order();
  });

  it("the same order placed in both before replication: the earlier item is effective, the other superseded", () => {
    order.submit(WEST, 1);
    order.submit(EAST, 2);
    order.settle();
    expect(order.effective()).to.include({ region: WEST, status: "PLACED" });
    expect(order.own(EAST).status).to.equal("SUPERSEDED");
    expect(order.step(EAST, 1)).to.deep.equal({ kind: "end", reason: "superseded" });
  });

  it("the same order placed in both at the same time: the Region's name decides", () => {
    order.submit(WEST, 1);
    order.submit(EAST, 1);
    order.settle();
    expect(order.effective().region).to.equal(EAST);
  });

  it("the same order placed in the peer Region long after: the first item stays effective, even if final", () => {
    order.submit(EAST);
    order.become(EAST, "PAID", "SHIPPING", "SHIPPED", "DELIVERED");
    order.submit(WEST);
    order.settle();
    expect(order.effective()).to.include({ region: EAST, status: "DELIVERED" });
    expect(order.cards[WEST].size + order.cards[EAST].size).to.equal(0);
  });

  it("the peer Region's item arrives before the own one exists: the order is still placed, then superseded", () => {
    order.submit(EAST);
    order.replicate(EAST);
    expect(order.partition(WEST).orders.map(({ region }) => region)).to.deep.equal([EAST]);
    expect(order.submit(WEST)).to.equal(true);
    expect(order.step(WEST, 1)).to.deep.equal({ kind: "supersede" });
    order.settle();
    expect(order.effective().region).to.equal(EAST);
  });

  it("both Regions take over at once, three times: one item is left", () => {
    order.submit(EAST);
    order.replicate(EAST);
    for (let round = 0; round < 3; round++) {
      // Without replication, each takes over the item effective in its replica, and its sweeper restarts its own one.
      for (const region of [EAST, WEST]) {
        if (!order.takeOver(region) && order.own(region)) {
          const swept = sweep(order.partition(region), region, false, { at: at(++order.minute) });
          if (swept.kind !== "nothing") order.write(region, swept.write);
        }
      }
      order.settle();
      order.effective();
    }
    const { epoch } = order.effective();
    expect(epoch).to.be.greaterThan(2);
  });

  it("takeover from a stale copy: the restored card is deleted in the end", () => {
    order.submit(EAST);
    order.replicate(EAST);
    // East has authorized and deleted its card, which is not replicated yet.
    order.become(EAST, "PAID");
    expect(order.takeOver(WEST)).to.equal(true);
    expect(order.cards[WEST].has(WEST)).to.equal(true);
    order.settle();
    expect(order.effective()).to.include({ region: WEST, epoch: 2, status: "PLACED" });
    order.become(WEST, "PAID", "SHIPPING", "SHIPPED", "DELIVERED");
    order.settle();
    expect([...order.cards[EAST], ...order.cards[WEST]]).to.deep.equal([]);
  });

  it("a superseded item: its card is deleted too", () => {
    order.submit(EAST);
    order.submit(WEST);
    order.settle();
    expect([...order.cards[WEST]].filter((region) => region === WEST)).to.deep.equal([]);
  });

  it("takeover while the first Region learns that shipping is impossible: the decided item is effective despite its lower epoch", () => {
    order.submit(EAST);
    order.become(EAST, "PAID");
    order.replicate(EAST);
    order.takeOver(WEST);
    // East refunds at the same time. West requests the shipment and gets "impossible" too, since the provider repeats it.
    order.become(EAST, "CANCELLED");
    order.settle();
    expect(order.effective()).to.include({ region: EAST, status: "CANCELLED" });
    expect(order.step(WEST, 2, { captured: true })).to.deep.equal({ kind: "end", reason: "superseded" });
  });

  it("cancel in one Region while its peer captures: the order is voided, or shipped if it was captured", () => {
    order.submit(EAST);
    order.become(EAST, "PAID");
    order.cancelWished = true;
    expect(order.step(EAST, 1)).to.deep.equal({ kind: "act", action: "void" });
    // The capture was already on its way: the payment provider refuses the void, and the order is shipped.
    expect(order.step(EAST, 1, { captured: true })).to.deep.equal({ kind: "act", action: "ship" });
  });

  it("a capture that arrives after a void: its Region gets the void and cancels too", () => {
    order.submit(EAST);
    order.become(EAST, "PAID");
    order.replicate(EAST);
    expect(order.step(EAST, 1)).to.deep.equal({ kind: "act", action: "capture" });
    // While the capture is on its way, West takes over, voids first, and cancels.
    order.cancelWished = true;
    order.takeOver(WEST);
    expect(order.step(WEST, 2)).to.deep.equal({ kind: "act", action: "void" });
    expect(afterVoid({ status: "voided" })).to.deep.equal({ kind: "write", status: "CANCELLED" });
    order.become(WEST, "CANCELLED");
    expect(afterCapture({ status: "voided" })).to.deep.equal({ kind: "write", status: "CANCELLED" });
    order.become(EAST, "CANCELLED");
    order.settle();
    expect(order.effective()).to.include({ region: WEST, status: "CANCELLED" });
  });

  it("a timed-out authorize followed by a decline: the order is voided before it is cancelled", () => {
    order.submit(EAST);
    // The first authorize had no response and may still take effect, so the decline of the second one is not final.
    const declined = afterAuthorize({ status: "declined" }, { waitedSeconds: 0, limitSeconds: 60 });
    expect(declined).to.deep.equal({ kind: "known", known: { unpaid: true } });
    expect(order.step(EAST, 1, { unpaid: true })).to.deep.equal({ kind: "act", action: "void" });
    expect(afterVoid({ status: "voided" })).to.deep.equal({ kind: "write", status: "CANCELLED" });
  });

  it("freeze before a write, takeover, thaw: the late write fails, and its execution ends", () => {
    order.submit(EAST);
    order.replicate(EAST);
    const frozen = advance(order.own(EAST), "PAID", { at: at(++order.minute) });
    order.takeOver(WEST);
    order.settle();
    expect(order.write(EAST, frozen)).to.equal(false);
    expect(order.step(EAST, 1)).to.deep.equal({ kind: "end", reason: "superseded" });
    expect(order.effective()).to.include({ region: WEST, epoch: 2 });
  });

  it("freeze before a write, takeover, thaw before replication: the write succeeds, and is superseded by replication", () => {
    order.submit(EAST);
    order.replicate(EAST);
    const frozen = advance(order.own(EAST), "PAID", { at: at(++order.minute) });
    order.takeOver(WEST);
    expect(order.write(EAST, frozen)).to.equal(true);
    order.settle();
    expect(order.effective()).to.include({ region: WEST, epoch: 2 });
  });

  it("a status that could flap: no replica shows an undecided one after a decision", () => {
    order.submit(EAST);
    order.become(EAST, "PAID", "SHIPPING");
    order.replicate(EAST);
    order.takeOver(WEST);
    const seen: string[] = [];
    for (const region of [EAST, WEST, EAST, WEST]) {
      order.replicate(region);
      for (const reader of [EAST, WEST]) seen.push(effectiveItem(order.partition(reader).orders)!.status);
    }
    expect(new Set(seen)).to.deep.equal(new Set(["SHIPPING"]));
  });

  it("two takeovers with a superseded item: it never becomes effective again", () => {
    order.submit(EAST);
    order.replicate(EAST);
    order.takeOver(WEST);
    order.settle();
    expect(() => supersede(order.own(EAST), { at: at(++order.minute) })).to.throw(/can't become SUPERSEDED/);
    // East may take over the effective item under a higher epoch, with its own new item; its old one stays superseded.
    order.takeOver(EAST);
    order.settle();
    expect(order.effective()).to.include({ region: EAST, epoch: 3 });
  });
});

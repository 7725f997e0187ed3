import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { deriveOrderId, type OrderItem, placeCard, placeOrder, takeOver } from "../../../domain/order";
import { goodCard } from "./orderStand";
import { useOrderStand } from "./sharedStand";

const customerId = "customer-west";
const now = () => new Date().toISOString();

/** Takes over orders of which replication has delivered only the item, or the item and its card. */
describe("an order taken over from the peer Region", function () {
  this.timeout(300_000);
  const here = useOrderStand();

  /** Writes the peer Region's item as replication does. Returns it with its encrypted card. */
  async function placedInTheWest(): Promise<{ item: OrderItem; sealed: string }> {
    const key = randomUUID();
    const { item } = placeOrder(
      {
        orderId: deriveOrderId(customerId, key),
        region: "us-west-2",
        customerId,
        lines: [{ productId: "kettle", name: "Kettle", quantity: 1, unitPrice: { amount: 3_490, currency: "EUR" } }],
        total: { amount: 3_490, currency: "EUR" },
        shipping: { name: "Wes", street: "2 Low Street", city: "Springfield", postalCode: "12345", country: "US" },
        contact: { email: "wes@example.com" },
        payment: { kind: "card" },
        requestHash: "hash",
      },
      now(),
    );
    await here.stand.putOrder(item);
    return { item, sealed: await here.stand.sealCard(key, undefined, customerId) };
  }

  async function takenOver({ orderId }: OrderItem): Promise<void> {
    const { store } = here.stand;
    const write = takeOver(await store.partition(orderId), store.region, { at: now() });
    if (!write) throw new Error("The order can't be taken over.");
    expect(await store.write(write)).to.equal(true);
  }

  it("continues with its card, and is charged and shipped once", async () => {
    const { stand } = here;
    const { item, sealed } = await placedInTheWest();
    await stand.putCard(placeCard(item.orderId, "us-west-2", sealed, now()));
    await takenOver(item);
    const own = await stand.until(item.orderId, "DELIVERED");
    expect(own).to.include({ epoch: 2, createdAt: item.createdAt });
    // Only the peer Region may delete its own card item.
    expect(await stand.card(item.orderId)).to.include({ region: "us-west-2" });
    expect(stand.providers.controls.records(item.orderId).captures).to.have.length(1);
  });

  it("waits for a card that is not replicated yet, and continues with it", async () => {
    const { stand } = here;
    const { item, sealed } = await placedInTheWest();
    await takenOver(item);
    while (!(await stand.store.waiting(item.orderId))?.token) await new Promise((resolve) => setTimeout(resolve, 50));
    await stand.putCard(placeCard(item.orderId, "us-west-2", sealed, now()));
    await stand.until(item.orderId, "DELIVERED");
  });

  it("is superseded when the peer Region's item outranks the own one", async () => {
    const { stand } = here;
    const { item } = await placedInTheWest();
    await takenOver(item);
    while (!(await stand.store.waiting(item.orderId))?.token) await new Promise((resolve) => setTimeout(resolve, 50));
    await stand.putOrder({ ...item, version: 2, status: "SHIPPING" });
    await stand.until(item.orderId, "SUPERSEDED");
    const seen = await stand.call("GET", `/api/orders/${item.orderId}`, { customer: customerId });
    expect(((await seen.json()) as { status: string }).status).to.equal("SHIPPING");
    for (let round = 0; (await stand.execution(item.orderId, 2))?.status === "RUNNING" && round < 1_000; round++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await stand.execution(item.orderId, 2)).to.include({ status: "SUCCEEDED" });
    expect(stand.providers.controls.records(item.orderId).authorizations).to.have.length(0);
  });

  it("keeps an own order that outranks the peer Region's", async () => {
    const { stand } = here;
    const { orderId } = await stand.place({ customer: customerId, card: goodCard });
    const own = await stand.until(orderId, "DELIVERED");
    await stand.putOrder({ ...own, region: "us-west-2", status: "PLACED", createdAt: now() });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await stand.item(orderId)).to.deep.equal(own);
  });
});

import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { tokenOf } from "../../../local/providers/testCards";
import { goodCard, type OrderStand } from "./orderStand";
import { useOrderStand } from "./sharedStand";

describe("counted stock on the emulator", function () {
  this.timeout(300_000);
  const here = useOrderStand();
  let stand: OrderStand;
  before(() => {
    stand = here.stand;
  });

  const lines = (productId: string, quantity = 1) => ({
    lines: [{ productId, quantity }],
    expectedTotal: { amount: quantity * 3_490, currency: "EUR" },
  });
  const share = async (productId: string) => (await stand.shares(productId))[0]!;

  it("sells the last unit once to two customers within 5 ms, and names what is left to the other", async () => {
    await stand.putProduct({ productId: "last", counted: true });
    await stand.putShare("last", 1);
    const customers = ["customer-ann", "customer-ben"];
    const payments = customers.map((customer) => ({ kind: "token", token: tokenOf("tok_visa", customer) }));
    const answers = await Promise.all(
      customers.map((customer, index) => stand.place({ customer, payment: payments[index], body: lines("last") })),
    );
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 409]);
    const refused = await answers.find(({ status }) => status === 409)!.json();
    expect(refused).to.deep.include({ type: "/problems/sold-out" });
    expect((refused as { lines: unknown }).lines).to.deep.equal([{ productId: "last", quantity: 1, left: 0 }]);
    expect(await share("last")).to.include({ available: 0, sold: 1 });
  });

  it("returns the units of an order whose card is declined, and sells them again", async () => {
    await stand.putProduct({ productId: "again", counted: true });
    await stand.putShare("again", 2);
    const declined = await stand.place({ card: { ...goodCard, number: "4000000000009995" }, body: lines("again", 2) });
    expect(declined.status).to.equal(201);
    await stand.until(declined.orderId, "CANCELLED");
    for (let attempt = 0; (await share("again")).available < 2 && attempt < 1_000; attempt++) await sleep(100);
    expect(await share("again")).to.include({ available: 2, sold: 0 });
    expect((await stand.item(declined.orderId))!.hold).to.deep.include({ returned: true });
    const sold = await stand.place({ body: lines("again", 2) });
    expect(sold.status).to.equal(201);
    await stand.until(sold.orderId, "DELIVERED");
    expect(await share("again")).to.include({ available: 0, sold: 2 });
  });

  it("sells 20 units to 40 concurrent orders, none twice", async () => {
    await stand.putProduct({ productId: "rush", counted: true });
    await stand.putShare("rush", 20);
    const statuses: number[] = [];
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const key = `rush-${index}`;
        // Each attempt counts towards its customer's daily limit.
        const customer = `customer-rush${index}`;
        const payment = { kind: "token", token: tokenOf("tok_visa", customer) };
        for (;;) {
          const { status } = await stand.place({ key, customer, payment, body: lines("rush") });
          // 503: the transaction met others too often. Other statuses from 500 on: a function did not answer in time on a busy machine.
          if (status < 500) return statuses.push(status);
          await sleep(200 * Math.random());
        }
      }),
    );
    expect(statuses.filter((status) => status === 201)).to.have.length(20);
    expect(statuses.filter((status) => status === 409)).to.have.length(20);
    expect(await share("rush")).to.include({ available: 0, sold: 20 });
  });
});

import { expect } from "chai";
import { useOrderStand } from "./sharedStand";

describe("webhooks to a customer's own system", function () {
  this.timeout(300_000);
  const here = useOrderStand();

  const about = (orderId: string) =>
    here.stand.providers.customerSystem.received().filter(({ id }) => id.startsWith(orderId));
  async function until(holds: () => boolean, what: string, seconds = 180): Promise<void> {
    for (const end = Date.now() + seconds * 1_000; !holds(); await new Promise((done) => setTimeout(done, 100))) {
      if (Date.now() > end) throw new Error(`Not seen within ${seconds} s: ${what}.`);
    }
  }

  it("deliver each status of an order, signed", async () => {
    const { orderId } = await here.stand.place();
    const types = ["placed", "paid", "shipping", "shipped", "delivered"].map((status) => `order.${status}`);
    await until(() => about(orderId).length === types.length, "five webhooks");
    expect(about(orderId).map(({ type }) => type)).to.have.members(types);
    const { body } = about(orderId).find(({ type }) => type === "order.delivered")!;
    expect(JSON.parse(body).data).to.deep.include({
      orderId,
      status: "DELIVERED",
      total: { amount: 6_980, currency: "EUR" },
    });
    expect(body).to.not.contain("Ann Example").and.not.contain("ann@example.com");
  });

  it("wait while the endpoint fails, cost mails nothing, and arrive once it answers", async () => {
    const { providers, place, until: reaches, mails } = here.stand;
    providers.customerSystem.refuse(503);
    try {
      const { orderId } = await place({ body: { contact: { email: "dead-endpoint@example.com" } } });
      await reaches(orderId, "DELIVERED");
      await until(() => providers.customerSystem.requests > 0, "a refused webhook");
      const mailed = async () => (await mails(orderId)).some(({ subject }) => subject.includes("Payment confirmed"));
      for (const end = Date.now() + 120_000; !(await mailed()); ) expect(Date.now()).to.be.below(end);
      expect(about(orderId)).to.deep.equal([]);
      providers.customerSystem.refuse(undefined);
      await until(() => about(orderId).some(({ type }) => type === "order.placed"), "the first webhook");
    } finally {
      providers.customerSystem.refuse(undefined);
    }
  });
});

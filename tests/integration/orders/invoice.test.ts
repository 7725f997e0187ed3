import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { useOrderStand } from "./sharedStand";

describe("invoice", function () {
  this.timeout(300_000);
  const here = useOrderStand();
  const ask = (orderId: string, customer?: string) =>
    here.stand.call("GET", `/api/orders/${orderId}/invoice`, { customer });

  /** Polls, because the invoice is written a moment after the delivery. */
  async function invoiceOf(orderId: string): Promise<{ url: string; expiresAt: string }> {
    for (let attempt = 1; ; attempt++) {
      const answer = await ask(orderId);
      if (answer.status === 200) return (await answer.json()) as { url: string; expiresAt: string };
      expect(answer.status, await answer.clone().text()).to.equal(409);
      if (attempt === 500) throw new Error("The invoice was not written within 100 s.");
      await sleep(200);
    }
  }

  it("is available after delivery in the order's language, at an address that needs no token and expires", async () => {
    const { orderId } = await here.stand.place({ language: "de-AT,en;q=0.5" });
    const early = await ask(orderId);
    expect(early.status).to.equal(409);
    await here.stand.until(orderId, "DELIVERED");
    const { url, expiresAt } = await invoiceOf(orderId);
    const minutes = (Date.parse(expiresAt) - Date.now()) / 60_000;
    expect(minutes).to.be.within(0, 5);

    const unusual = [...new URL(url).searchParams.keys()].filter((name) => /checksum/i.test(name));
    expect(unusual).to.deep.equal([]);
    const page = await fetch(url);
    expect(page.status).to.equal(200);
    expect(page.headers.get("content-type")).to.equal("text/html; charset=utf-8");
    expect(await page.text())
      .to.contain(`<h1>Rechnung ${orderId}</h1>`)
      .and.to.match(/\d,\d\d €/);
    const mails = await here.stand.mails(orderId);
    expect(mails.map(({ subject }) => subject)).to.include(`Wir haben Ihre Bestellung ${orderId} erhalten`);
    expect((await fetch(url.split("?")[0]!)).status).to.equal(403);
  });

  it("is hidden from other customers", async () => {
    const { orderId } = await here.stand.place();
    await here.stand.until(orderId, "DELIVERED");
    expect(await (await fetch((await invoiceOf(orderId)).url)).text()).to.contain(`<h1>Invoice ${orderId}</h1>`);
    expect((await ask(orderId, "customer-other")).status).to.equal(404);
  });
});

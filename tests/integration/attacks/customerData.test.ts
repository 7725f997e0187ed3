import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import type { OrderItem } from "../../../domain/order";
import { requestErasures } from "../../kit/drill/byHand";
import { eventually, itemsIn, rowsIn, Shopper } from "../../kit/drill/shopper";
import { readPlaces } from "../../kit/leaks/places";
import { LeakSearch, type Needle } from "../../kit/leaks/search";
import { useAttackedStore } from "./sharedStore";

const root = join(__dirname, "../../..");
const shipping = {
  name: "Ottoline Brackwhistle",
  street: "Thornmoor Close 83",
  city: "Larkenfell",
  postalCode: "LF3 4XY",
  country: "GB",
};
const phone = "+447700900456";
const needles: Needle[] = [
  { name: "name", value: "Brackwhistle" },
  { name: "street", value: "Thornmoor" },
  { name: "city", value: "Larkenfell" },
  { name: "phone number", value: phone.slice(1) },
];

describe("npm run customer", function () {
  this.timeout(300_000);
  const here = useAttackedStore();
  let customer: Shopper;
  let other: { orderId: string; rows: string };
  const orderIds: string[] = [];

  const run = async (...args: string[]) => {
    const command = ["-r", "./local/loadTypeScript.js", "cli/customer.ts", ...args, "--data", here.attacked.dataDir];
    const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "pipe", "pipe"], timeout: 120_000 });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [out, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { out, errors, code };
  };

  before(async () => {
    const { store, east, west, shopper } = here.attacked;
    customer = await Shopper.of(store, east);
    const contact = { email: customer.person.email, phone };
    for (const region of [east, west]) {
      orderIds.push(await customer.order(region, undefined, undefined, { shipping, contact }));
      const saved = await customer.call(region, "POST", "/api/orders/addresses", {
        ...shipping,
        name: `${shipping.name} ${region}`,
      });
      expect(saved.status, await saved.text()).to.equal(200);
    }
    const orderId = await shopper.order(east);
    for (const id of [...orderIds, orderId]) {
      await eventually(`${id} is delivered in both Regions`, async () => {
        const all = await Promise.all([east, west].map((region) => itemsIn(store, region, id)));
        return all.every((items) => items.some(({ status }) => status === "DELIVERED"));
      });
    }
    for (const id of orderIds) {
      await eventually(`the invoice of ${id} is written`, async () => {
        return (await customer.call(undefined, "GET", `/api/orders/${id}/invoice`)).ok;
      });
    }
    await eventually(`the last mail about ${orderId} is recorded`, async () => {
      const sent = (await rowsIn(store, west, orderId)).map((row) => row["sent"]);
      return sent.some((changes) => changes instanceof Set && changes.has("DELIVERED"));
    });
    other = { orderId, rows: JSON.stringify(await rowsIn(store, west, orderId)) };
  });

  it("exports accounts, orders, notifications, saved addresses and invoices of both Regions", async () => {
    const { east, west } = here.attacked;
    const { out, errors, code } = await run("export", customer.person.customerId);
    expect(code, errors).to.equal(0);
    const { regions } = JSON.parse(out) as {
      regions: Record<
        string,
        { accounts: { attributes: object }[]; orders: { kind: string }[]; addresses: object[]; invoices: object }
      >;
    };
    expect(Object.keys(regions)).to.deep.equal([east, west]);
    expect(regions[east]?.accounts[0]?.attributes).to.include({ email: customer.person.email });
    for (const region of [east, west]) {
      const kinds = regions[region]?.orders.map(({ kind }) => kind);
      expect(kinds?.filter((kind) => kind === "order")).to.have.length(2);
      expect(kinds?.filter((kind) => kind === "notification")).to.have.length(2);
      expect(JSON.stringify(regions[region]?.addresses))
        .to.contain(`"Ottoline Brackwhistle ${east}"`)
        .and.to.contain(west);
      // Each Region has the invoices of its own orders alone.
      expect(Object.values(regions[region]?.invoices ?? {}).join()).to.contain("Brackwhistle");
      expect(Object.keys(regions[region]?.invoices ?? {})).to.have.length(1);
    }
    expect(out).not.to.contain(other.orderId);
  });

  it("refuses to erase a customer whom no Region knows, and records nothing", async () => {
    const unknown = randomUUID();
    const { out, errors, code } = await run("erase", unknown);
    expect([code, out]).to.deep.equal([1, ""]);
    expect(errors).to.match(new RegExp(`^There is no customer "${unknown}" in any Region: .+`, "m"));
    for (const region of [here.attacked.east, here.attacked.west]) {
      const rows = await rowsIn(here.attacked.store, region, "erasures");
      expect(rows.filter((row) => row["erased"] === unknown)).to.deep.equal([]);
    }
  });

  it("refuses to erase a customer with an unfinished order, and names the order", async () => {
    const { shopper, store } = here.attacked;
    store.providers.controls.holdShipments();
    try {
      const orderId = await shopper.order();
      const { errors, code } = await run("erase", shopper.person.customerId);
      expect(code).to.equal(1);
      expect(errors).to.match(new RegExp(`^Order ${orderId} is \\w+: its address is needed until it is finished\\.`));
    } finally {
      store.providers.controls.releaseShipments();
    }
  });

  it("erases in the Region that answers, and in the other one when it is back", async () => {
    const { store, east, west } = here.attacked;
    const mails = () => store.mail().filter(({ text: body }) => orderIds.some((id) => body.includes(id))).length;
    const mailed = mails();
    await store.chaos.kill(east);
    const first = await run("erase", customer.person.customerId);
    expect(first.code).to.equal(1);
    expect(first.out).to.match(new RegExp(`1 orders and 1 invoices erased in ${west}\\.`));
    expect(first.out).to.contain(`${east} did not answer`);
    expect(first.out).to.contain("tax law requires");
    await store.chaos.return(east);

    // As its schedule does; the request reaches the Region by replication.
    await eventually(`${east} has erased by itself`, async () => {
      await requestErasures(store, east);
      return (await run("finish")).out.includes("All erasures are finished.");
    });
    await requestErasures(store, west);
    expect((await run("finish")).out).to.contain("All erasures are finished.");

    const search = new LeakSearch([...needles, { name: "e-mail address", value: customer.person.email }]);
    await eventually("nothing identifies the customer in either Region", async () => {
      const found: string[] = [];
      for await (const { kind, name, bytes } of readPlaces(store)) {
        if (!/^(table|index of a table|object|logs|history|queue|search index) /.test(kind)) continue;
        for (const { needle } of search.find(bytes)) found.push(`${needle} in ${kind} ${name}`);
      }
      if (found.length > 0) throw new Error(found.join(", "));
      return true;
    });
    expect(mails(), "mails about the orders").to.equal(mailed);
  });

  it("is not needed by a customer who deletes the account: each Region erases what it keeps", async () => {
    const { store, east, west } = here.attacked;
    const leaving = await Shopper.of(store, east);
    const { person } = leaving;
    for (const region of [east, west]) {
      const saved = await leaving.call(region, "POST", "/api/orders/addresses", { ...shipping, name: `Ada ${region}` });
      expect(saved.status, await saved.text()).to.equal(200);
    }
    for (const _ of ["first", "repeated"]) {
      const answer = await leaving.call(east, "DELETE", "/api/orders/account");
      expect(answer.status, await answer.text()).to.equal(202);
    }
    const erased = async (region: string) => {
      const [done] = (await rowsIn(store, region, "erasures")).filter(
        (row) => row["erased"] === person.customerId && row["in"] === region && row["doneAt"] !== undefined,
      );
      const books = await rowsIn(store, region, `addresses#${person.customerId}`);
      return done !== undefined && books.every((book) => book["region"] !== region);
    };
    await eventually(`${east} has erased at once`, () => erased(east));
    // As its schedule does; the request reaches the Region by replication.
    await eventually(`${west} has erased`, async () => {
      await requestErasures(store, west);
      return await erased(west);
    });
    await eventually("the deletions have replicated", async () => {
      // Before, a Region may still get what the other one had stored and deleted since.
      if (!(await store.replication!.settled())) return false;
      const books = await Promise.all([east, west].map((at) => rowsIn(store, at, `addresses#${person.customerId}`)));
      return books.flat().length === 0;
    });
    // Nothing is left to export.
    const { out, errors, code } = await run("export", person.customerId);
    expect([code, out]).to.deep.equal([1, ""]);
    expect(errors).to.contain(person.customerId).and.not.to.contain(person.email);
  });

  it("keeps what accounting needs, and other customers' orders as they were", async () => {
    const { store, east, west } = here.attacked;
    for (const region of [east, west]) {
      for (const id of orderIds) {
        const items = (await rowsIn(store, region, id)) as unknown as (OrderItem & { kind: string })[];
        const [order] = items.filter(({ kind }) => kind === "order");
        expect(order?.shipping.country).to.equal("GB");
        expect(order?.lines).to.have.length(1);
        expect(order?.total.amount).to.be.greaterThan(0);
        expect(order?.payment.reference).to.match(/^pay_/);
      }
      expect(JSON.stringify(await rowsIn(store, region, other.orderId)), region).to.equal(other.rows);
    }
  });
});

import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { QUICK } from "../../../cli/leastPrivilege/drive";
import type { CognitoSettings } from "../../../domain/auth/settings";
import type { FoundProduct, SearchAnswer } from "../../../domain/catalogue/searchResult";
import { newPerson, type Person } from "../../../local/person";
import { tokenOf } from "../../../local/providers/testCards";
import { type Store, startStore } from "../../../local/store";
import { product } from "../../kit/searchFakes";
import { temporaryFolder } from "../../kit/temporaryFolder";

/** The shoppers' view of a counted product, from the delivery of its units to the sale of the last one. */
describe("counted stock in search", function () {
  this.timeout(300_000);
  let store: Store;
  let buyer: Person;

  before(async () => {
    store = await startStore({ ...QUICK, dataDir: temporaryFolder("stayopen-shown"), port: 0, sampleCatalogue: false });
    const config = await fetch(`${store.url}/config.json`);
    const { auth } = (await config.json()) as { auth: CognitoSettings };
    buyer = await newPerson(store, auth, "merchandisers");
    const { productId: _id, version: _v, homeRegion: _h, updatedAt: _u, ...content } = product("lantern");
    const made = await buyer.call("PUT", "/api/catalogue/products/lantern", { ...content, counted: true });
    expect(made.status, await made.clone().text()).to.equal(201);
  });

  after(async () => {
    await store?.stop();
  });

  /** The product in a search, once `isExpected` holds for it. */
  async function found(
    isExpected: (lantern: FoundProduct) => boolean,
  ): Promise<{ answer: SearchAnswer; lantern: FoundProduct }> {
    for (let attempt = 0; ; attempt++) {
      const answer = (await (await fetch(`${store.url}/api/catalogue/search?q=lantern`)).json()) as SearchAnswer;
      const lantern = answer.products?.find(({ productId }) => productId === "lantern");
      if (lantern && isExpected(lantern)) return { answer, lantern };
      if (attempt === 150) throw new Error(`The search shows ${JSON.stringify(lantern?.stock)}.`);
      await sleep(200);
    }
  }
  const shown = async () =>
    (await fetch(`${store.url}/api/catalogue/products/lantern`)).json() as Promise<FoundProduct>;
  const deliver = (id: string, units: number) =>
    buyer.call("PUT", `/api/orders/stock/lantern/deliveries/${id}`, { units });
  const buy = (key: string) =>
    buyer.call(
      "POST",
      "/api/orders",
      {
        lines: [{ productId: "lantern", quantity: 1 }],
        expectedTotal: product("lantern").price,
        shipping: { name: "Ann Example", street: "Main Street 1", city: "Town", postalCode: "12345", country: "US" },
        contact: { email: "ann@example.com" },
        payment: { kind: "token", token: tokenOf("tok_visa", buyer.customerId) },
      },
      { "idempotency-key": key },
    );

  it("shows a product without units as sold out, and how many are left after a delivery", async () => {
    await found(({ stock }) => stock?.soldOut === true);
    expect((await deliver("D-1", 2)).status).to.equal(201);
    expect((await deliver("D-1", 2)).status).to.equal(200);
    expect((await shown()).stock).to.deep.equal({ soldOut: false, left: 2 });
    await found(({ stock }) => stock?.left === 2);
  });

  it("shows it as sold out once the last unit is bought", async () => {
    expect((await buy("one")).status).to.equal(201);
    await found(({ stock }) => stock?.left === 1);
    expect((await buy("two")).status).to.equal(201);
    expect((await shown()).stock).to.deep.equal({ soldOut: true });
    const { answer, lantern } = await found(({ stock }) => stock?.soldOut === true);
    expect(lantern).to.include({ availability: "in-stock", version: 1 });
    expect(answer.facets?.availability).to.deep.equal([{ value: "out-of-stock", count: 1 }]);
    expect((await buy("three")).status).to.equal(409);
  });
});

import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { CognitoSettings } from "../../../domain/auth/settings";
import type { FoundProduct, SearchAnswer } from "../../../domain/catalogue/search/searchResult";
import { newPerson, type Person } from "../../../local/person";
import { tokenOf } from "../../../local/providers/testCards";
import type { Store } from "../../../local/store";
import { product } from "../../kit/searchFakes";
import { shareStore } from "./sharedStore";

/** The shoppers' view of a counted product, from the delivery of its units to the sale of the last one. */
describe("counted stock in search", function () {
  this.timeout(300_000);
  let store: Store;
  let buyer: Person;

  before(async () => {
    ({ store } = await shareStore());
    const config = await fetch(`${store.url}/config.json`);
    const { auth } = (await config.json()) as { auth: CognitoSettings };
    buyer = await newPerson(store, auth, "merchandisers");
    const { productId: _id, version: _v, homeRegion: _h, updatedAt: _u, ...content } = product("torch");
    const made = await buyer.call("PUT", "/api/catalogue/products/torch", { ...content, counted: true });
    expect(made.status, await made.clone().text()).to.equal(201);
  });

  /** The product in a search, once `isExpected` holds for it. */
  async function found(
    isExpected: (torch: FoundProduct) => boolean,
  ): Promise<{ answer: SearchAnswer; torch: FoundProduct }> {
    for (let attempt = 0; ; attempt++) {
      const answer = (await (await fetch(`${store.url}/api/catalogue/search?q=torch`)).json()) as SearchAnswer;
      const torch = answer.products?.find(({ productId }) => productId === "torch");
      if (torch && isExpected(torch)) return { answer, torch };
      if (attempt === 150) throw new Error(`The search shows ${JSON.stringify(torch?.stock)}.`);
      await sleep(200);
    }
  }
  const shown = async () => (await fetch(`${store.url}/api/catalogue/products/torch`)).json() as Promise<FoundProduct>;
  const deliver = (id: string, units: number) =>
    buyer.call("PUT", `/api/orders/stock/torch/deliveries/${id}`, { units });
  const buy = (key: string) =>
    buyer.call(
      "POST",
      "/api/orders",
      {
        lines: [{ productId: "torch", quantity: 1 }],
        expectedTotal: product("torch").price,
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
    const { answer, torch } = await found(({ stock }) => stock?.soldOut === true);
    expect(torch).to.include({ availability: "in-stock", version: 1 });
    expect(answer.facets?.availability).to.deep.equal([{ value: "out-of-stock", count: 1 }]);
    expect((await buy("three")).status).to.equal(409);
  });
});

import { expect } from "chai";
import { type Store, startStore } from "../../../local/store";
import { drill, FAILURES } from "../../kit/drill/drill";
import { Shopper } from "../../kit/drill/shopper";
import { temporaryFolder } from "../../kit/temporaryFolder";

// All drills use one store, so each begins with the orders of the earlier ones. A lost Region stays lost: that drill is last.
describe("drills with continuous orders and an order at each step of the workflow", function () {
  this.timeout(600_000);
  let dataDir: string;
  let store: Store;
  let shoppers: [Shopper, ...Shopper[]];

  before(async () => {
    dataDir = temporaryFolder("stayopen-drill");
    store = await startStore({
      dataDir,
      regions: 2,
      fast: true,
      port: 0,
      fresh: true,
      pace: { shipmentStepMs: 1_000 },
    });
    const [primary = ""] = Object.keys(store.regions);
    shoppers = [await Shopper.of(store, primary)];
    while (shoppers.length < 3) shoppers.push(await Shopper.of(store, primary));
  });
  after(async () => {
    await store?.stop();
  });

  for (const failure of FAILURES) {
    it(`(${failure}) lose no acknowledged order, charge and ship nothing twice, and send a mail for each change`, async () => {
      // The mail of a killed sender is sent after the queue's visibility time-out of three minutes.
      const { outcomes, figures } = await drill({ store, failure, shoppers, limitMs: 240_000 });

      expect(outcomes.flatMap(({ orderId, faults }) => faults.map((fault) => `${orderId}: ${fault}`))).to.deep.equal(
        [],
      );
      expect(figures.takenOver).to.be.greaterThan(0);
      expect(outcomes.map(({ status }) => status))
        .to.include("DELIVERED")
        .and.to.include("CANCELLED");
      expect(outcomes).to.have.lengthOf(figures.orders);
    });
  }
});

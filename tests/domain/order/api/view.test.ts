import { expect } from "chai";
import { findEffectiveOrder, type OrderItem, toPartition, toSummary, toView } from "../../../../domain/order";
import { itemOf } from "../../../kit/orderArbitraries";

describe("toView", () => {
  it("shows shipping and taxes of an order that has them, and neither else", () => {
    const money = { amount: 490, currency: "EUR" };
    const shippingMethod = { id: "standard", name: "Standard", price: money };
    const taxes = [{ name: "VAT", percent: 19, included: true, base: money, amount: money, productIds: ["kettle"] }];
    const viewOf = (given: object) =>
      toView(findEffectiveOrder(toPartition([itemOf(given)]))!, { cancelWished: false });
    expect(viewOf({ shippingMethod, taxes })).to.deep.include({ shippingMethod, taxes });
    expect(viewOf({})).to.not.have.any.keys("shippingMethod", "taxes");
  });

  it("shows the effective item, with each status once although a takeover repeats it", () => {
    const history = ["PLACED", "PAID", "PAID", "SHIPPING"].map((status, minute) => ({
      status: status as "PLACED",
      at: `2026-01-01T00:0${minute}:00.000Z`,
      region: "us-east-1",
      epoch: 1,
    }));
    const west = itemOf({ region: "us-west-2", status: "SHIPPING", epoch: 2 });
    const item = findEffectiveOrder(toPartition([itemOf({ status: "SUPERSEDED" }), { ...west, history }]))!;
    const view = toView(item, { cancelWished: true });
    expect(view.history.map(({ status }) => status)).to.deep.equal(["PLACED", "PAID", "SHIPPING"]);
    expect(view.cancelRequested).to.equal(false);
    expect(view).to.not.have.any.keys("customerId", "requestHash", "openIn", "epoch", "version");
  });

  it("shows a requested cancellation until it is decided", () => {
    const cancel = { kind: "cancel" as const };
    const partition = toPartition([itemOf(), cancel]);
    expect(toView(findEffectiveOrder(partition)!, partition))
      .to.include({ cancelRequested: true })
      .and.not.have.key("cancelTooLate");
  });

  it("keeps showing that a cancellation came too late, and not that it was followed", () => {
    const shown = (status: OrderItem["status"], ...wishes: { kind: "cancel" }[]) => {
      const partition = toPartition([itemOf({ status }), ...wishes]);
      return toView(findEffectiveOrder(partition)!, partition).cancelTooLate;
    };
    expect(shown("SHIPPING", { kind: "cancel" })).to.equal(true);
    expect(shown("CANCELLED", { kind: "cancel" })).to.equal(undefined);
    expect(shown("SHIPPING")).to.equal(undefined);
  });

  describe("a challenge of the customer's bank", () => {
    const url = "https://bank.example.com/3ds";
    const wait = (region: string, challengeUrl?: string) => ({
      kind: "wait" as const,
      region: `wait#${region}`,
      challengeUrl,
    });
    const shown = (...items: Parameters<typeof toPartition>[0]) => {
      const partition = toPartition(items);
      return toView(findEffectiveOrder(partition)!, partition).payment.challengeUrl;
    };

    it("is shown while the Region of the effective item waits for it", () => {
      expect(shown(itemOf(), wait("us-east-1", url))).to.equal(url);
      expect(shown(itemOf(), wait("us-east-1"))).to.equal(undefined);
      expect(shown(itemOf(), wait("us-west-2", url))).to.equal(undefined);
    });

    it("is hidden once the payment is authorized, cancelled or unwanted", () => {
      for (const status of ["PAID", "CANCELLED"] as const) {
        expect(shown(itemOf({ status }), wait("us-east-1", url)), status).to.equal(undefined);
      }
      expect(shown(itemOf(), wait("us-east-1", url), { kind: "cancel" as const })).to.equal(undefined);
    });
  });

  it("has no item to show if all are superseded", () => {
    expect(findEffectiveOrder(toPartition([itemOf({ status: "SUPERSEDED" })]))).to.equal(undefined);
  });

  it("ignores items of kinds that a later release adds", () => {
    const later = { kind: "return" } as unknown as { kind: "order" };
    expect(toPartition([itemOf(), later]).orders).to.have.length(1);
  });
});

describe("toSummary", () => {
  it("names the first three products, in the order of their lines", () => {
    const lines = ["Cup", "Bowl", "Pan", "Jug", "Lid"].map((name) => ({
      ...{ productId: name.toLowerCase(), name, quantity: 2 },
      unitPrice: { amount: 100, currency: "EUR" },
    }));
    const summary = toSummary(findEffectiveOrder(toPartition([itemOf({ lines })]))!);
    expect(summary).to.deep.include({ pieces: 10, products: ["Cup", "Bowl", "Pan"] });
    expect(summary).to.not.have.any.keys("lines", "shipping", "contact");
  });
});

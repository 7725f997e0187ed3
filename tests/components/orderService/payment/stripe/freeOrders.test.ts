import { expect } from "chai";
import Stripe from "stripe";
import { ProviderRefusal } from "../../../../../components/orderService/handlers/steps/providerRefusal";
import { FreeOrders } from "../../../../../components/orderService/payment/stripe/freeOrders";
import { TransientError } from "../../../../../components/runtime/transientError";
import { own } from "../../../../kit/orderSteps";

const order = own({ total: { amount: 0, currency: "EUR" } });
const options = () => ({});
const failing = (code: string) =>
  new Stripe.errors.StripeInvalidRequestError({ type: "invalid_request_error", code, message: code });

/** Stripe's Products: ids are unique, and a new one may not be readable at once. */
function stand() {
  const products = new Map<string, { id: string; metadata: Record<string, string> }>();
  const state = { isHidden: false, updates: 0 };
  const stripe = {
    products: {
      create: async (product: { id: string; metadata: Record<string, string> }) => {
        if (products.has(product.id)) throw failing("resource_already_exists");
        products.set(product.id, product);
        return product;
      },
      retrieve: async (id: string) => {
        const product = products.get(id);
        if (!product || state.isHidden) throw failing("resource_missing");
        return product;
      },
      update: async (id: string, { metadata }: { metadata: Record<string, string> }) => {
        state.updates++;
        Object.assign(products.get(id)!.metadata, metadata);
      },
    },
  } as unknown as Stripe;
  return { free: new FreeOrders(stripe), products, state };
}
const rejected = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail("It was not rejected."),
    (error: unknown) => error,
  );

describe("FreeOrders", () => {
  it("authorizes without a trace at Stripe", async () => {
    const { free, products } = stand();
    expect(await free.authorize(order, options)).to.deep.equal({ status: "authorized" });
    expect(await free.read(order, options)).to.deep.equal({ status: "none" });
    expect(products.size).to.equal(0);
  });

  it("keeps the first decision, whatever comes after it", async () => {
    for (const [first, second] of [
      ["captured", "voided"],
      ["voided", "captured"],
    ] as const) {
      const { free } = stand();
      expect(await free.decide(order, first, options)).to.deep.equal({ status: first });
      expect(await free.decide(order, second, options)).to.deep.equal({ status: first });
      expect(await free.authorize(order, options)).to.deep.equal({ status: first });
    }
  });

  it("fails for a moment while another's decision is not readable", async () => {
    const { free, state } = stand();
    await free.decide(order, "voided", options);
    state.isHidden = true;
    expect(await rejected(free.decide(order, "captured", options))).to.be.instanceOf(TransientError);
  });

  it("refunds a captured order once, and refuses one that was not captured", async () => {
    const { free, state } = stand();
    expect(await rejected(free.refund(order, options))).to.be.instanceOf(ProviderRefusal);
    await free.decide(order, "captured", options);
    for (const _attempt of [1, 2]) expect(await free.refund(order, options)).to.deep.equal({ status: "refunded" });
    expect(state.updates).to.equal(1);
    const voided = stand();
    await voided.free.decide(order, "voided", options);
    expect(await rejected(voided.free.refund(order, options))).to.be.instanceOf(ProviderRefusal);
  });

  it("takes an unknown decision for none, and passes other errors on", async () => {
    const { free, products } = stand();
    await free.decide(order, "captured", options);
    for (const product of products.values()) product.metadata["decision"] = "donated";
    expect(await rejected(free.read(order, options))).to.be.instanceOf(TransientError);
  });
});

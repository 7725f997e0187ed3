import { expect } from "chai";
import { stripe } from "../../../../../components/orderService";
import { bundleOf, functions, onUsualStore, type Registered, register } from "../../../../kit/orderServiceStand";

const stripeAccount = {
  apiKey: "rk_live_1",
  webhookSecrets: ["whsec_old", "whsec_new"],
  returnUrl: "https://www.example.com/orders/{orderId}",
};

describe("An OrderService paid by Stripe", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  describe("paid by Stripe", () => {
    let paid: Registered;
    before(async () => {
      paid = await register({ payment: stripe(stripeAccount) });
    });

    it("has Stripe's card fields in the checkout with a publishable key only", async () => {
      expect(paid.outputs.paymentElement).to.equal(undefined);
      const { outputs } = await register({ payment: stripe({ ...stripeAccount, publishableKey: "pk_live_1" }) });
      const { settings, origins } = outputs.paymentElement!;
      expect(settings).to.deep.equal({ kind: "stripe", publishableKey: "pk_live_1" });
      expect(origins.scripts).to.include("https://js.stripe.com");
    });

    it("stores key and signing secrets, which only their callers read", () => {
      const values = paid
        .of("Parameter")
        .map(({ name, inputs }) => [name, inputs["type"], (inputs["value"] as { value: string }).value]);
      expect(values).to.deep.include(["orders-payment-api-key", "SecureString", "rk_live_1"]);
      expect(values).to.deep.include(["orders-payment-webhook-secrets", "SecureString", "whsec_old whsec_new"]);
      const readers = (parameter: string) =>
        functions.filter((name) =>
          paid.statements(name).some(({ Resource }) => [Resource ?? []].flat().some((arn) => arn.endsWith(parameter))),
        );
      expect(readers("orders-payment-api-key")).to.have.members(["authorize", "settle", "refunder"]);
      expect(readers("orders-payment-webhook-secrets")).to.deep.equal(["webhooks"]);
    });

    it("has Stripe's package in the bundles of the functions that call it, and in no other program", async () => {
      const withStripe = async ({ of }: typeof paid) => {
        const bundles = of("Function").map(async ({ name, inputs }) => [name, await bundleOf(inputs)] as const);
        return (await Promise.all(bundles)).filter(([, text]) => text.includes("StripeConnectionError"));
      };
      const names = (await withStripe(paid)).map(([name]) => name);
      expect(names).to.have.members(
        ["authorize", "settle", "refunder", "webhooks"].map((each) => `orders-${each}-function`),
      );
      expect(await withStripe(stand.made)).to.deep.equal([]);
    });
  });
});

import { expect } from "chai";
import { ArgumentChecks } from "../../../../components/arguments/checks";
import { stripe } from "../../../../components/orderService";
import { checkoutElement, validatePayment } from "../../../../components/orderService/payment/resources";
import { usual } from "../../../kit/orderServiceStand";

const account = stripe({
  apiKey: "rk_live_1",
  webhookSecrets: ["whsec_1"],
  returnUrl: "https://www.example.com/orders/{orderId}",
  publishableKey: "pk_live_1",
});

describe("validatePayment", () => {
  const checks = new ArgumentChecks("OrderService", "orders");

  it("checks the arguments of the chosen provider", () => {
    expect(() => validatePayment(checks, { ...usual.payment, endpoint: "http://a.example" } as never)).to.throw(
      "payment.endpoint",
    );
    expect(() => validatePayment(checks, { ...account, webhookSecrets: [] })).to.throw("payment.webhookSecrets");
    validatePayment(checks, usual.payment);
    validatePayment(checks, account);
  });
});

describe("checkoutElement", () => {
  it("has card fields of a provider that brings its own", () => {
    expect(checkoutElement(account)).to.not.equal(undefined);
    expect(checkoutElement(usual.payment)).to.equal(undefined);
  });
});

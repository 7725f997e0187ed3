import { expect } from "chai";
import { CURRENCIES, minorDigits, toStripeAmount } from "../../../domain/money";

describe("toStripeAmount", () => {
  // https://docs.stripe.com/currencies: the examples of its sections, and the currencies that they name.
  const cases: [currency: string, amount: number, charged: number | string, why: string][] = [
    ["USD", 1000, 1000, "two decimals"],
    ["EUR", 1999, 1999, "two decimals"],
    ["JPY", 500, 500, "zero decimals"],
    ["KRW", 500, 500, "zero decimals"],
    ["CLP", 500, 500, "zero decimals"],
    ["MGA", 50_000, 500, "zero decimals at Stripe, two in ISO 4217"],
    ["MGA", 50_099, 500, "no fraction of an ariary"],
    ["ISK", 5, 500, "two decimals at Stripe, none in ISO 4217"],
    ["UGX", 5, 500, "two decimals at Stripe, none in ISO 4217"],
    ["HUF", 1045, 1045, "whole for payouts only"],
    ["TWD", 80_045, 80_045, "whole for payouts only"],
    ["KWD", 5_124, 5_120, "three decimals, the last one 0"],
    ["BHD", 5_129, 5_120, "three decimals, the last one 0"],
    ["JOD", 5_120, 5_120, "three decimals"],
    ["OMR", 9, "amount_too_small", "rounded down to nothing"],
    ["TND", 10, 10, "three decimals"],
    ["IQD", 5_000, "currency_not_supported", "three decimals, which Stripe does not charge in"],
    ["LYD", 5_000, "currency_not_supported", "three decimals, which Stripe does not charge in"],
    ["CLF", 5_000, "currency_not_supported", "four decimals"],
    ["XXX", 5_000, "currency_not_supported", "no currency"],
    ["EUR", 99_999_999, 99_999_999, "Stripe's largest"],
    ["EUR", 100_000_000, "amount_too_large", "above Stripe's largest"],
    ["ISK", 1_000_000, "amount_too_large", "above Stripe's largest at Stripe"],
  ];
  for (const [currency, amount, charged, why] of cases) {
    it(`makes ${charged} of ${amount} ${currency}: ${why}`, () => {
      expect(toStripeAmount({ amount, currency })).to.equal(charged);
    });
  }

  it("never charges more than the total, and at most a unit of Stripe's less, in any currency", () => {
    /** Decimals of Stripe's amount, stated once more. */
    const stripeDigits = (code: string) => ({ ISK: 2, UGX: 2, MGA: 0 })[code] ?? minorDigits(code)!;
    for (const currency of CURRENCIES) {
      for (const amount of [1, 99, 1_234, 5_678, 9_999]) {
        const charged = toStripeAmount({ amount, currency });
        if (typeof charged === "string") continue;
        const [total, paid] = [amount / 10 ** minorDigits(currency)!, charged / 10 ** stripeDigits(currency)];
        expect(paid, `${amount} ${currency}`).to.be.at.most(total);
        expect(total - paid, `${amount} ${currency}`).to.be.below(currency === "MGA" ? 1 : 0.01);
      }
    }
  });
});

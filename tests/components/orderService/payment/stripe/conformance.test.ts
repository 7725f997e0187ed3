import { expect } from "chai";
import { type PaymentRule, paymentProviderRules } from "../../../../../components/testing";
import { startStripePaymentStand } from "../../../../kit/ports/stripePaymentStand";

/** Address of a `stripe-mock`, which checks every request against Stripe's own specification; `.ci/run` gives it. */
const specification = process.env["STRIPE_MOCK_URL"];

for (const kind of ["token", "confirmation token", "card"] as const) {
  describe(`Stripe's payment adapter with a stand-in for Stripe, paid by ${kind}`, () => {
    let stand: Awaited<ReturnType<typeof startStripePaymentStand>>;
    before(async () => {
      stand = await startStripePaymentStand(kind, specification);
    });
    after(() => stand.stop());
    afterEach(() => expect(stand.standIn.violations.splice(0)).to.deep.equal([]));

    // The others differ in authorize alone.
    const isWanted = ({ title }: PaymentRule) => kind === "token" || /^(authorize|pending|challenge): /.test(title);
    for (const { title, check } of paymentProviderRules.filter(isWanted)) it(title, () => check(stand));
  });
}

import { type PaymentRule, type PaymentStand, paymentProviderRules } from "../../../../../components/testing";
import { startHttpPaymentStand } from "../../../../kit/ports/httpPaymentStand";

for (const kind of ["card", "token"] as const) {
  describe(`the HTTP contract's payment adapter with the local provider, paid by ${kind}`, () => {
    let stand: PaymentStand & { stop(): Promise<void> };
    before(async () => {
      stand = await startHttpPaymentStand(kind);
    });
    after(() => stand.stop());

    // Only the rules of tokens; the rest is the same code.
    const isWanted = ({ title }: PaymentRule) => kind === "card" || /^(authorize|pending): (?!asks)/.test(title);
    for (const { title, check } of paymentProviderRules.filter(isWanted)) it(title, () => check(stand));
  });
}

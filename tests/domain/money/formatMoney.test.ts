import { expect } from "chai";
import { CURRENCIES, formatMoney, minorDigits } from "../../../domain/money";

/** An amount written by its digits alone. */
function written(amount: number, digits: number): string {
  const text = String(amount).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
  return digits === 0 ? whole : `${whole}.${text.slice(-digits)}`;
}

const AMOUNTS = [0, 1, 99, 1_000, 6_980, 123_456_789, 1_000_000_000_000];

describe("formatMoney", () => {
  it("gives every currency the digits of ISO 4217, on pages and in text", () => {
    for (const currency of CURRENCIES) {
      const digits = minorDigits(currency)!;
      for (const amount of AMOUNTS) {
        expect(formatMoney({ amount, currency }, "code")).to.equal(`${currency} ${written(amount, digits)}`);
        const shown = formatMoney({ amount, currency });
        expect(/(?<![\d,])[\d,]+(\.\d+)?$/.exec(shown)?.[0], shown).to.equal(written(amount, digits));
      }
    }
  });

  it("does not follow the runtime's locale data", () => {
    const cases: [string, string][] = [
      ["HUF", "HUF 69.80"],
      ["COP", "COP 69.80"],
      ["IDR", "IDR 69.80"],
      ["PKR", "PKR 69.80"],
      ["RSD", "RSD 69.80"],
      ["IQD", "IQD 6.980"],
      ["JPY", "JPY 6,980"],
      ["KWD", "KWD 6.980"],
      ["CLF", "CLF 0.6980"],
    ];
    for (const [currency, text] of cases) expect(formatMoney({ amount: 6_980, currency }, "code")).to.equal(text);
  });

  it("shows an unknown currency's amount as minor units rather than guess its digits", () => {
    expect(formatMoney({ amount: 6_980, currency: "QQQ" })).to.equal("QQQ 6980 (minor units)");
  });
});

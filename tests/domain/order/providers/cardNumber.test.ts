import { expect } from "chai";
import fc from "fast-check";
import { hasCardNumber, isCardNumber, pointersToCardNumbers } from "../../../../domain/order";
import { testCards } from "../../../../local/providers";

/** Published test numbers, one for each network and length. */
const CARDS = [
  "4242424242424242",
  "4000056655665556",
  "5555555555554444",
  "5105105105105100",
  "2223003122003222",
  "378282246310005",
  "371449635398431",
  "6011111111111117",
  "30569309025904",
  "36227206271667",
  "3566002020360505",
  "6200000000000005",
  "6205500000000000004",
];

const inGroups = (number: string, separator: string) => number.replace(/(\d{4})(?=\d)/g, `$1${separator}`);

describe("hasCardNumber and pointersToCardNumbers", () => {
  for (const number of [...CARDS, ...testCards.map((card) => card.number)]) {
    it(`finds ${number} with any separators`, () => {
      const written = ["", " ", "-", ".", "  ", " - ".trim(), "/", "\u2011", "\u00a0"].map((each) =>
        inGroups(number, each),
      );
      for (const text of [...written, `Main Street 12 ${inGroups(number, " ")}`, `No.${number},12/29`, `x${number}y`]) {
        expect(hasCardNumber(text), text).to.equal(true);
      }
    });
  }

  it("finds a number in full-width digits, in a phone number and in an e-mail address", () => {
    expect(hasCardNumber("４２４２ ４２４２ ４２４２ ４２４２")).to.equal(true);
    expect(hasCardNumber("+378282246310005")).to.equal(true);
    expect(hasCardNumber("4242424242424242@example.com")).to.equal(true);
  });

  const innocent: [string, string][] = [
    ["an address", "Flat 12, 221B Baker Street, Floor 3"],
    ["a house number after a street number", "5th Avenue 350, Suite 7710"],
    ["postal codes", "20457 12345-6789"],
    ["a coordinate", "52.520008, 13.404954"],
    ["a parcel station", "Packstation 145, Postnummer 1234567890"],
    ["a German mobile number whose digits pass the check", "+4915112345678"],
    ["thirteen digits of an article number, whose check fits a card too", "4006381333932"],
    ["digits that fail the check", "4242424242424241"],
    ["more digits than any card has", "42424242424242424242"],
    ["zeros", "0000000000000000"],
    ["an order id", "7ZQ4M2XA0B7ZQ4M2XA0B7ZQ4M2"],
    ["dates", "2026-11-29 2026-11-30"],
    ["two phone numbers", "+1 415 555 0100, +1 415 555 0101"],
    ["a UUID", "b0a71c9e-4242-4242-8242-424242424242"],
  ];
  for (const [what, text] of innocent) {
    it(`finds none in ${what}`, () => {
      expect(hasCardNumber(text)).to.equal(false);
    });
  }

  it("finds none in fewer than 14 digits, so in no shorter phone number", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789 -"), maxLength: 40 });
    fc.assert(
      fc.property(
        digits.filter((text) => text.replace(/\D/g, "").length < 14),
        (text) => !hasCardNumber(text),
      ),
    );
  });

  it("finds fewer than one in twenty random numbers of a card's length", () => {
    let seen = 0;
    for (let each = 0; each < 20_000; each++) {
      // A fixed sequence that covers all prefixes.
      const number = String((each * 4_503_599_627) % 10 ** 16).padStart(16, "7");
      if (hasCardNumber(number)) seen += 1;
    }
    expect(seen).to.be.lessThan(1_000);
  });

  it("names the pointer of each field with a number", () => {
    const order = {
      shipping: { name: "Ann", street: CARDS[0] },
      contact: { email: "a@example.com" },
      lines: [1, null],
    };
    expect(pointersToCardNumbers(order)).to.deep.equal(["#/shipping/street"]);
    expect(pointersToCardNumbers(CARDS[1], "header/Idempotency-Key")).to.deep.equal(["header/Idempotency-Key"]);
  });
});

describe("isCardNumber", () => {
  it("refuses any single wrong digit", () => {
    const card = fc.constantFrom(...CARDS);
    fc.assert(
      fc.property(card, fc.nat(18), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
        expect(isCardNumber(number)).to.equal(true);
        const place = at % number.length;
        const wrong = (Number(number[place]) + by) % 10;
        expect(isCardNumber(`${number.slice(0, place)}${wrong}${number.slice(place + 1)}`)).to.equal(false);
      }),
    );
  });
});

import { expect } from "chai";
import sinon from "sinon";

interface Card {
  number: string;
  expiry: string;
  code: string;
}

/** The module is the page's, whose types this project does not have. */
const { formatCardNumber, formatExpiry, validateCard } = require("../../../../web/src/checkout/payment/card") as {
  formatCardNumber(typed: string): string;
  formatExpiry(typed: string): string;
  validateCard(card: Card): Partial<Card>;
};

describe("a typed card", () => {
  const card = { number: "4242 4242 4242 4242", expiry: "12/29", code: "123" };
  let clock: sinon.SinonFakeTimers;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: new Date(2029, 10, 30), toFake: ["Date"] });
  });
  afterEach(() => clock.restore());

  const faults = (changes: Partial<typeof card>) => Object.keys(validateCard({ ...card, ...changes }));

  it("is accepted with blanks in its number, and with a code of three or four digits", () => {
    expect(faults({})).to.deep.equal([]);
    expect(faults({ code: "1234" })).to.deep.equal([]);
  });

  it("has errors for each field that is wrong", () => {
    expect(faults({ number: "4242 4242 4242 4243" })).to.deep.equal(["number"]);
    expect(faults({ expiry: "13/29" })).to.deep.equal(["expiry"]);
    expect(faults({ code: "12" })).to.deep.equal(["code"]);
    expect(faults({ number: "", expiry: "", code: "" })).to.deep.equal(["number", "expiry", "code"]);
  });

  it("is valid until the end of its month", () => {
    expect(faults({ expiry: "11/29" })).to.deep.equal([]);
    expect(faults({ expiry: "10/29" })).to.deep.equal(["expiry"]);
    clock.setSystemTime(new Date(2029, 11, 1));
    expect(faults({ expiry: "11/29" })).to.deep.equal(["expiry"]);
  });

  it("is written in groups while it is typed", () => {
    expect(formatCardNumber("42424")).to.equal("4242 4");
    expect(formatCardNumber("4242")).to.equal("4242");
    expect(formatCardNumber(`${card.number}99999`)).to.equal("4242 4242 4242 4242 999");
    expect(["1", "12", "129", "12/29", "12299"].map(formatExpiry)).to.deep.equal(["1", "12", "12/9", "12/29", "12/29"]);
  });
});

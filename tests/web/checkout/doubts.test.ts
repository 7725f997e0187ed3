import { expect } from "chai";
import { Doubts } from "../../../web/src/checkout/doubts";

describe("Doubts", () => {
  it("let a refusal count if no other Region may have stored the order", () => {
    const doubts = new Doubts();
    expect(doubts.concern(undefined)).to.equal(false);
    doubts.add(undefined);
    expect(doubts.concern(undefined)).to.equal(false);
  });

  it("let no refusal of another Region count while one has not answered", () => {
    const doubts = new Doubts();
    doubts.add(undefined);
    expect(doubts.concern("us-west-2")).to.equal(true);
    doubts.add("us-west-2");
    expect(doubts.concern(undefined)).to.equal(true);
  });
});

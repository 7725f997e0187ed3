import { expect } from "chai";
import { describeDecline } from "../../../../domain/order/providers/declines";
import { testCards } from "../../../../local/providers";

describe("describeDecline", () => {
  it("has a sentence for the decline of each test card", () => {
    const reasons = testCards.flatMap(({ reason }) => reason ?? []);
    expect(reasons).to.include("insufficient_funds");
    for (const reason of reasons) expect(describeDecline(reason)).to.match(/^[A-Z][^_]+\.$/);
  });

  it("replaces an unknown code by a general sentence", () => {
    expect(describeDecline("do_not_honor")).to.equal("Your bank declined the card.");
  });

  it("keeps a provider's sentence, with a full stop", () => {
    expect(describeDecline("The card's details could not be read.")).to.equal("The card's details could not be read.");
    expect(describeDecline("Call your bank")).to.equal("Call your bank.");
  });
});

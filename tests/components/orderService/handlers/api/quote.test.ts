import { expect } from "chai";
import { charges, intake, quoting } from "../../../../kit/orderIntake";

const bodyOf = ({ body }: { body?: string }) => JSON.parse(body ?? "{}");

describe("createQuote", () => {
  it("quotes the first method for a choice that is not offered", async () => {
    const { quote } = intake(5, charges);
    const quoted = bodyOf(await quote(quoting({ country: "FR" }, "express")));
    expect([quoted.shippingMethod.id, quoted.total.amount]).to.deep.equal(["standard", 7_470]);
    expect(quoted).to.not.have.property("taxes");
  });

  it("quotes the sum of the lines in a store without rules", async () => {
    const { quote } = intake(5);
    const quoted = bodyOf(await quote(quoting({ country: "FR" })));
    expect(Object.keys(quoted)).to.deep.equal(["lines", "goods", "shippingMethods", "total"]);
    expect([quoted.total.amount, quoted.shippingMethods]).to.deep.equal([6_980, []]);
  });

  it("refuses a quote without a country, or with a product twice", async () => {
    const { quote } = intake(5, charges);
    expect((await quote(quoting({}))).statusCode).to.equal(422);
    const request = quoting({ country: "US" });
    const lines = [1, 2].map((quantity) => ({ productId: "kettle", quantity }));
    const body = JSON.stringify({ ...JSON.parse(request.body), lines });
    expect((await quote({ ...request, body })).statusCode).to.equal(422);
  });
});

import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";

/** The module is the page's, whose types this project does not have. */
interface DeliveryModule {
  startDelivery(customerId: string | undefined, email?: string): { address: object; contact: object };
  keepDelivery(customerId: string, delivery: object): void;
  prepareSameOrder(customerId: string | undefined, order: object): void;
  toAddress(typed: Record<string, string>): object;
  toContact(typed: { email: string; phone: string }): object;
  validatePhone(phone: string): string | undefined;
}

const ADDRESS = { name: "Ann", street: "Main Street 1", city: "Springfield", postalCode: "62701", country: "US" };

describe("the delivery", () => {
  let page: FakePage;
  let delivery: DeliveryModule;

  beforeEach(() => {
    page = new FakePage();
    delivery = page.open("checkout/delivery.ts");
  });
  afterEach(() => sinon.restore());

  it("starts with the one that the customer used last in this tab", () => {
    const used = { address: { ...ADDRESS, region: "IL" }, contact: { email: "a@example.com", phone: "" } };
    delivery.keepDelivery("ann", used);
    expect(delivery.startDelivery("ann", "other@example.com")).to.deep.equal(used);
  });

  it("starts empty for another customer, with the address of the account", () => {
    delivery.keepDelivery("ann", { address: ADDRESS, contact: {} });
    const started = delivery.startDelivery("ben", "ben@example.com");
    expect(started.contact).to.deep.equal({ email: "ben@example.com", phone: "" });
    expect(started.address).to.include({ name: "", street: "" });
  });

  it("is sent without blanks at the ends and without empty fields", () => {
    const { name: _, ...rest } = ADDRESS;
    expect(delivery.toAddress({ ...rest, name: " Ann ", region: " " })).to.deep.equal(ADDRESS);
    expect(delivery.toAddress({ ...ADDRESS, region: " IL " })).to.deep.equal({ ...ADDRESS, region: "IL" });
    expect(delivery.toContact({ email: " a@example.com ", phone: " " })).to.deep.equal({ email: "a@example.com" });
    expect(delivery.toContact({ email: "a@example.com", phone: "+1 (212) 555-01.00" })).to.deep.equal({
      email: "a@example.com",
      phone: "+12125550100",
    });
  });

  it("takes a phone number with its country's code, or none", () => {
    for (const good of ["", " ", "+12125550100", "+49 30 1234567"])
      expect(delivery.validatePhone(good)).to.equal(undefined);
    for (const wrong of ["030 1234567", "+0301234567", "+49123", "+1212555010012345", "call me"])
      expect(delivery.validatePhone(wrong), wrong).to.be.a("string");
  });

  it("is that of an earlier order when the same is ordered again", () => {
    const lines = [{ productId: "kettle", name: "Kettle", quantity: 2, unitPrice: { amount: 250, currency: "EUR" } }];
    const order = { lines, shipping: ADDRESS, contact: { email: "a@example.com" } };
    delivery.prepareSameOrder("ann", order);
    expect(delivery.startDelivery("ann")).to.deep.equal({
      address: { ...ADDRESS, region: "" },
      contact: { email: "a@example.com", phone: "" },
    });
    const [line] = JSON.parse(page.local["stayopen.basket"]!);
    expect(line).to.include({ productId: "kettle", quantity: 2 }).and.to.deep.include({ price: lines[0]!.unitPrice });
  });
});

import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../kit/fakePage";

/** The module is the page's, whose types this project does not have. */
interface CustomerData {
  queryClient: { setQueryData(key: unknown[], data: unknown): void; getQueryData(key: unknown[]): unknown };
  keepForCustomer(customerId: string, name: string, value: object): void;
  readForCustomer(customerId: string | undefined, name: string): unknown;
  removeForCustomer(name: string): void;
  forgetCustomerData(): void;
}

describe("a customer's data in the tab", () => {
  let page: FakePage;
  const open = () => page.open<CustomerData>("customerData.ts");

  beforeEach(() => {
    page = new FakePage();
  });
  afterEach(() => sinon.restore());

  it("is there after a reload, for the same customer", () => {
    open().keepForCustomer("ann", "draft", { email: "a@example.com" });
    expect(open().readForCustomer("ann", "draft")).to.deep.equal({ email: "a@example.com" });
  });

  it("is removed as soon as another customer, or a visitor, looks for it", () => {
    for (const other of ["ben", undefined]) {
      open().keepForCustomer("ann", "draft", { email: "a@example.com" });
      expect(open().readForCustomer(other, "draft")).to.equal(undefined);
      expect(page.session).to.deep.equal({});
    }
  });

  it("leaves nothing when it is forgotten, and keeps what belongs to the tab", () => {
    const data = open();
    page.session["stayopen.away"] = "us-west-2";
    data.keepForCustomer("ann", "draft", {});
    data.keepForCustomer("ann", "attempt", {});
    data.queryClient.setQueryData(["customer", "orders"], ["an order"]);
    data.queryClient.setQueryData(["product", "kettle"], "a product");
    data.forgetCustomerData();
    expect(page.session).to.deep.equal({ "stayopen.away": "us-west-2" });
    expect(data.queryClient.getQueryData(["customer", "orders"])).to.equal(undefined);
    expect(data.queryClient.getQueryData(["product", "kettle"])).to.equal("a product");
  });
});

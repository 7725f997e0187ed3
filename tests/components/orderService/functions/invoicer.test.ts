import { expect } from "chai";
import { onReplicatedStore, onUsualStore } from "../../../kit/orderServiceStand";

describe("The function that writes invoices", function () {
  this.timeout(180_000);
  const [stand, replicated] = [onUsualStore(), onReplicatedStore()];
  const queueOf = ({ named }: { named: typeof stand.made.named }) =>
    named("Queue", "orders-invoices")["visibilityTimeoutSeconds"];

  it("hides a message for six times the function's time-out", () => {
    expect(queueOf(stand.made)).to.equal(180);
    expect(queueOf(replicated.made)).to.equal(360);
    expect(replicated.made.named("Function", "orders-invoicer-function")["timeout"]).to.equal(60);
  });

  it("names the store on invoices", () => {
    const { environment } = stand.made.named("Function", "orders-invoicer-function");
    expect(environment).to.have.nested.property("variables.STORE_NAME");
    const own = replicated.made.named("Function", "orders-invoicer-function")["environment"];
    expect(own).to.have.nested.include({ "variables.STORE_NAME": "Teas & Kettles" });
  });
});

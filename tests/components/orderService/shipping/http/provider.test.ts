import { expect } from "chai";
import sinon from "sinon";
import { HttpShippingProvider } from "../../../../../components/orderService/shipping/http/provider";
import { outgoing } from "../../../../../components/runtime/outgoing";
import { own } from "../../../../kit/orderSteps";

describe("HttpShippingProvider", () => {
  afterEach(() => sinon.restore());
  const provider = new HttpShippingProvider({
    apiKey: async () => "key",
    endpoint: "https://shipping.example.com",
    timeoutMs: 1_000,
  });
  const answering = (status: string) =>
    sinon.stub(outgoing, "fetch").resolves(new Response(JSON.stringify({ status, trackingNumber: "T1" })));
  const order = own({ orderId: "A/1", contact: { email: "ann@example.com", phone: "+4930123456" } });

  it("sends address, lines and method, and neither prices nor contact", async () => {
    const fetched = answering("accepted");
    const price = { amount: 490, currency: "EUR" };
    await provider.ship({ ...order, shippingMethod: { id: "express", name: "Express", price } });
    const [url, init] = fetched.firstCall.args;
    expect([url, init?.method]).to.deep.equal(["https://shipping.example.com/shipments/A%2F1", "PUT"]);
    expect(JSON.parse(String(init?.body))).to.deep.equal({
      address: order.shipping,
      lines: [{ productId: "kettle", name: "Kettle", quantity: 2 }],
      method: "express",
    });
  });

  it("leaves the method out of an order without one", async () => {
    const fetched = answering("accepted");
    await provider.ship(order);
    expect(JSON.parse(String(fetched.firstCall.args[1]?.body))).to.not.have.property("method");
  });

  it("does not take a parcel's later state for an answer to its order", async () => {
    answering("delivered");
    const name = await provider.ship(order).catch((error: Error) => error.name);
    expect(name).to.equal("Transient");
    sinon.restore();
    answering("delivered");
    expect(await provider.read(order)).to.deep.equal({ status: "delivered", trackingNumber: "T1" });
  });
});

import { expect } from "chai";
import { type OrderStand, startOrderStand } from "./orderStand";

/** Time after an order's creation at which the check of `program/index.ts` decides later. */
const DECIDES_LATER_MS = 10_000;

/** The store's own check (`review`) between Authorize and Capture, with deployed functions. */
describe("an order under review", function () {
  this.timeout(300_000);
  let stand: OrderStand;

  before(async function () {
    this.timeout(300_000);
    stand = await startOrderStand({ review: true });
  });
  after(async () => await stand?.stop());

  const placeFor = async (name: string): Promise<string> => {
    const address = { name, street: "1 High Street", city: "Springfield", postalCode: "12345", country: "US" };
    const { orderId, status } = await stand.place({ body: { shipping: address } });
    expect(status).to.equal(201);
    return orderId;
  };
  const book = (orderId: string) => {
    const { captures, paidAmount, shipments, payment } = stand.providers.controls.records(orderId);
    return { captures: captures.length, paidAmount, shipments: shipments.length, payment: payment?.status };
  };
  const DELIVERED = { captures: 1, paidAmount: 6_980, shipments: 1 };
  const VOIDED = { captures: 0, paidAmount: 0, shipments: 0, payment: "voided" };

  it("is captured and delivered when the check accepts", async () => {
    const orderId = await placeFor("Review accepts");
    await stand.until(orderId, "DELIVERED");
    expect(book(orderId)).to.include(DELIVERED);
    const { states } = (await stand.execution(orderId))!;
    expect(states.slice(0, 3)).to.deep.equal(["Authorize", "Review", "Capture"]);
  });

  it("is voided when the check declines, and the customer reads the reason", async () => {
    const orderId = await placeFor("Review declines");
    const item = await stand.until(orderId, "CANCELLED");
    expect(item.payment.declined).to.equal("We do not deliver to forwarders.");
    expect(book(orderId)).to.include(VOIDED);
    expect((await stand.execution(orderId))!.states).to.deep.equal(["Authorize", "Review", "Void"]);
  });

  it("waits, paid and not captured, until the check decides", async () => {
    const orderId = await placeFor("Review decides later");
    await stand.until(orderId, "PAID");
    const { createdAt } = await stand.until(orderId, "DELIVERED");
    expect(book(orderId)).to.include(DELIVERED);
    const [captured] = stand.providers.controls.records(orderId).captures;
    expect(Date.parse(captured!.at) - Date.parse(createdAt)).to.be.at.least(DECIDES_LATER_MS);
  });

  it("outlasts failures of the check", async () => {
    const orderId = await placeFor("Review fails at first");
    await stand.until(orderId, "DELIVERED");
    expect(book(orderId)).to.include(DELIVERED);
  });

  it("is voided when the check does not decide within its limit", async () => {
    const orderId = await placeFor("Review never decides");
    await stand.until(orderId, "CANCELLED");
    expect(book(orderId)).to.include(VOIDED);
  });

  it("is voided when the customer cancels meanwhile", async () => {
    const orderId = await placeFor("Review never decides");
    await stand.until(orderId, "PAID");
    await stand.call("POST", `/api/orders/${orderId}/cancel`);
    await stand.until(orderId, "CANCELLED");
    expect(book(orderId)).to.include(VOIDED);
  });

  it("is captured once after its execution died in the review and the sweeper restarted it", async () => {
    const orderId = await placeFor("Review decides later");
    await stand.until(orderId, "PAID");
    await stand.stopExecution(orderId);
    expect(book(orderId)).to.include({ captures: 0 });
    await stand.sweep(orderId);
    await stand.until(orderId, "DELIVERED");
    expect(book(orderId)).to.include(DELIVERED);
    expect((await stand.execution(orderId, 2))!.states.slice(0, 2)).to.include("Review");
  });
});

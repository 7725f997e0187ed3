import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import type { FunctionCall } from "../../../../local/aws/traces";
import { perform } from "../../../../local/console/actions";
import { EventLog } from "../../../../local/console/eventLog";
import { type OrderActionSources, OrderActions } from "../../../../local/console/orders/orderActions";
import type { RegionClients } from "../../../../local/console/regionClients";

const orderId = "7ZQ4M2ABCDEFGHJKMNPQRSTVWX";
const region = "us-east-1";

describe("Actions on one order", () => {
  const children: ChildProcess[] = [];
  after(() => {
    for (const child of children) child.kill("SIGKILL");
  });

  /** A function's environment: a process of Node. */
  const startEnvironment = async () => {
    const child = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => {}, 1000)"]);
    children.push(child);
    await once(child.stdout, "data");
    return child;
  };
  const callOf = (pid: number | undefined): FunctionCall => ({
    traceId: "1-a",
    ...{ region, functionName: "stayopen-dev-orders-ship", at: "2026-01-01T00:00:00Z", isColdStart: false },
    ...{ pid, calls: [] },
  });

  function stand(given: Partial<OrderActionSources> & { isUp?: boolean } = {}) {
    const resource = { type: "aws:lambda/function:Function", name: "orders-ship-function", id: "ship" };
    const resources = [{ ...resource, urn: "", inputs: {}, outputs: { name: "stayopen-dev-orders-ship" } }];
    const east = { deployment: { region, resources }, isUp: () => given.isUp ?? true } as unknown as RegionClients;
    const events = new EventLog(() => []);
    const listeners: Parameters<OrderActionSources["onBegin"]>[0][] = [];
    const orders = new OrderActions({
      regions: [east],
      providers: { redeliverWebhooks: () => ["payment"] } as never,
      callsOf: () => [],
      onBegin: (listener) => {
        listeners.push(listener);
        return () => listeners.splice(listeners.indexOf(listener), 1);
      },
      items: async () => [],
      onEvent: (what, id) => events.add(what, id),
      begin: (subject, what) => events.begin(subject, what),
      ...given,
    });
    const act = (action: string) =>
      perform({ action, orderId }, { orders, events, providers: { holdShipments() {} } as never });
    return { act, events, listeners };
  }
  const rejection = (promise: Promise<unknown>) =>
    promise.then(
      () => "",
      (error: Error) => `${error.name}: ${error.message}`,
    );

  it("kills the process of the function that works on the order, and notes it for the order", async () => {
    const child = await startEnvironment();
    const { act, events } = stand({ callsOf: () => [callOf(child.pid)] });
    const ended = once(child, "exit");
    expect(await act("kill-function")).to.deep.equal({
      part: "events",
      detail: `orders-ship in ${region} was killed.`,
    });
    expect(await ended).to.deep.equal([null, "SIGKILL"]);
    expect(events.of(orderId).map(({ what }) => what)).to.deep.equal([`orders-ship in ${region} was killed`]);
    expect(events.read().events[0]!.what).to.contain(`while it worked on order ${orderId}`);
  });

  it("kills the next function if none works on the order, and shows it as pending until then", async () => {
    const child = await startEnvironment();
    const { act, events, listeners } = stand();
    const { detail } = await act("kill-function");
    expect(detail).to.contain("the next one is killed when it begins");
    expect(events.read().pending.map(({ subject }) => subject)).to.deep.equal([orderId]);
    const ended = once(child, "exit");
    listeners[0]!(callOf(child.pid), new Set(["another order"]));
    listeners[0]!(callOf(child.pid), new Set([orderId]));
    await ended;
    expect(events.read().pending).to.deep.equal([]);
    expect(events.of(orderId)).to.have.length(1);
    expect(listeners).to.deep.equal([]);
  });

  it("kills no process that is not a function's, and none of a Region that is down", async () => {
    expect((await stand({ callsOf: () => [callOf(1)] }).act("kill-function")).detail).to.contain("the next one");
    const child = await startEnvironment();
    await stand({ callsOf: () => [callOf(child.pid)], isUp: false }).act("kill-function");
    expect(child.exitCode).to.equal(null);
  });

  it("redelivers webhooks, or says that there are none", async () => {
    const { act, events } = stand();
    expect((await act("redeliver")).detail).to.equal("Sent again: payment webhook.");
    expect(events.of(orderId)[0]!.what).to.equal("webhooks sent again (payment)");
    const none = stand({ providers: { redeliverWebhooks: () => [] } as never });
    expect(await rejection(none.act("redeliver"))).to.match(/^RangeError: No provider has a record of this order yet/);
  });

  it("says what is held, for the order alone", async () => {
    const { act, events } = stand();
    expect((await act("hold")).detail).to.equal("The parcel is held.");
    expect(events.of(orderId).map(({ what }) => what)).to.deep.equal(["the parcel held"]);
    expect(events.of("another order")).to.deep.equal([]);
  });

  it("refuses what needs a Region while none is up, or an order that no Region has", async () => {
    expect(await rejection(stand({ isUp: false }).act("sweep"))).to.contain("No Region is up");
    expect(await rejection(stand().act("cancel-order"))).to.contain("No Region that answers has the order");
  });
});

import { ExecutionDoesNotExist } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { sweepOrders } from "../../../../../components/orderService/handlers/executions/sweepOrders";
import { MAX_RESTARTS, type OrderItem, openIn, PARKED_SWEEP_AT } from "../../../../../domain/order";
import { itemOf } from "../../../../kit/orderArbitraries";
import { MemoryStore, workflowsAnswering } from "../../../../kit/orderFakes";

describe("sweepOrders (rule 12)", () => {
  class Due extends MemoryStore {
    override async open(key: string, _options: { dueAt?: string } = {}) {
      const due = this.orders.filter((item) => key === openIn(this.region, item.orderId));
      return { orders: due.map(({ orderId, region, sweepAt = "" }) => ({ orderId, region, sweepAt })) };
    }
  }
  async function swept(orders: OrderItem[], status?: string, timeLeftMs = 60_000, backAt?: string, release?: boolean) {
    const store = new Due(orders);
    const { client, sent } = workflowsAnswering(() => {
      if (status === undefined) throw new ExecutionDoesNotExist({ message: "none", $metadata: {} });
      if (status === "broken") throw new Error("broken");
      return { status };
    });
    const trouble: string[] = [];
    const result = await sweepOrders({
      store,
      workflows: client,
      executionArnPrefix: "arn:execution:machine",
      backAt,
      release,
      timeLeftMs: () => timeLeftMs,
      onTrouble: (orderId) => trouble.push(orderId),
    });
    return { store, result, sent, trouble };
  }

  for (const status of [undefined, "FAILED", "TIMED_OUT", "ABORTED"]) {
    it(`restarts an order whose execution is ${status ?? "missing"}`, async () => {
      const { store, result, sent } = await swept([itemOf()], status);
      expect(result).to.include({ restart: 1 });
      expect(store.own).to.include({ epoch: 2, status: "PLACED" });
      expect(sent[0]?.input["executionArn"]).to.equal(`arn:execution:machine:${itemOf().orderId}-1`);
    });
  }

  it("postpones an order whose execution runs", async () => {
    const { store, result } = await swept([itemOf()], "RUNNING");
    expect(result).to.include({ restart: 0, postpone: 1 });
    expect(store.own?.epoch).to.equal(1);
  });

  it("checks every order not written since its Region returned, before its deadline too", async () => {
    const asked: (string | undefined)[] = [];
    const open = Due.prototype.open;
    Due.prototype.open = function (key: string, { dueAt }: { dueAt?: string } = {}) {
      asked.push(dueAt);
      return open.call(this, key);
    };
    try {
      const written = { updatedAt: "2026-01-01T00:00:00.000Z" };
      const back = await swept([itemOf(written)], undefined, 60_000, "2026-01-01T00:10:00.000Z");
      expect(back.result).to.include({ restart: 1 });
      expect(new Set(asked)).to.deep.equal(new Set([undefined]));
      // Written since: an execution works on it.
      const since = await swept([itemOf(written)], undefined, 60_000, "2025-12-31T23:59:00.000Z");
      expect(since.result).to.include({ restart: 0, nothing: 1 });
      // Its execution has outlived the Region's absence: nothing to do, and no deadline to move.
      const running = await swept([itemOf(written)], "RUNNING", 60_000, "2026-01-01T00:10:00.000Z");
      expect(running.result).to.include({ postpone: 0 });
      expect(running.store.own?.version).to.equal(itemOf(written).version);
    } finally {
      Due.prototype.open = open;
    }
  });

  it("parks an order that was restarted too often, restarts it when it is released, and no other", async () => {
    const entry = { status: "PLACED", at: "2026-01-01T00:00:00.000Z", region: "us-east-1", epoch: 1 } as const;
    const stalled = itemOf({ history: Array.from({ length: MAX_RESTARTS }, () => entry) });
    const { store, result } = await swept([stalled]);
    expect(result).to.include({ park: 1, restart: 0 });
    expect(store.own).to.include({ status: "PLACED", epoch: 1, sweepAt: PARKED_SWEEP_AT });
    const again = await swept([store.own!]);
    expect(again.result).to.include({ park: 0, restart: 0, nothing: 1 });
    const released = await swept([store.own!], undefined, 60_000, undefined, true);
    expect(released.result).to.include({ restart: 1 });
    expect(released.store.own).to.include({ epoch: 2 });
    expect((await swept([itemOf()], undefined, 60_000, undefined, true)).result).to.include({ restart: 0, nothing: 1 });
  });

  it("continues after an order that fails, and stops in time", async () => {
    expect((await swept([itemOf()], "broken")).trouble).to.deep.equal([itemOf().orderId]);
    expect((await swept([itemOf()], undefined, 1_000)).result).to.include({ restart: 0 });
  });
});

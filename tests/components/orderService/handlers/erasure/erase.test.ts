import { GetCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import {
  continueErasures,
  eraseCustomer,
  unfinishedAmong,
} from "../../../../../components/orderService/handlers/erasure/erase";
import type { RegionData } from "../../../../../components/orderService/handlers/erasure/regionData";
import { itemOf, refundItemOf } from "../../../../kit/orderArbitraries";
import { MemoryStore } from "../../../../kit/orderFakes";

const REGIONS = ["us-east-1", "us-west-2"];

interface Item {
  erased: string;
  in: string;
  requestedAt: string;
  againAt?: string;
  doneAt?: string;
}

const item = (region: string, requestedAt: string, doneAt?: string, erased = "ann"): Item => ({
  erased,
  in: region,
  requestedAt,
  doneAt,
});

describe("unfinishedAmong", () => {
  it("has no customer who is erased in every Region", () => {
    expect(unfinishedAmong([item("us-east-1", "1", "1"), item("us-west-2", "1", "1")], REGIONS)).to.deep.equal([]);
  });

  it("has a customer whom a Region has not erased, or knows nothing of", () => {
    expect(unfinishedAmong([item("us-east-1", "1", "1"), item("us-west-2", "1")], REGIONS)).to.deep.equal(["ann"]);
    expect(unfinishedAmong([item("us-east-1", "1", "1")], REGIONS)).to.deep.equal(["ann"]);
  });

  it("has a customer whom a dead Region erased for an earlier request only", () => {
    const items = [item("us-east-1", "2", "2"), item("us-west-2", "1", "1")];
    expect(unfinishedAmong(items, REGIONS)).to.deep.equal(["ann"]);
  });

  it("has a customer again in every Region, once the tokens that were left to them have expired", () => {
    const items = [{ ...item("us-east-1", "1", "2"), againAt: "5" }, item("us-west-2", "1", "3")];
    expect(unfinishedAmong(items, REGIONS, "4")).to.deep.equal([]);
    expect(unfinishedAmong(items, ["us-west-2"], "5")).to.deep.equal(["ann"]);
    const [east, west] = items.map((one) => ({ ...one, doneAt: "6" }));
    expect(unfinishedAmong([east!, west!], REGIONS, "7")).to.deep.equal([]);
  });

  it("reads an item as often with many customers as with few, because records are kept for ever", () => {
    const customers = 200;
    let reads = 0;
    const items = Array.from({ length: customers }, (_, index) => ({
      ...item("us-east-1", "1", "1"),
      get erased() {
        reads++;
        return `customer-${index}`;
      },
    }));
    expect(unfinishedAmong(items, ["us-east-1"])).to.deep.equal([]);
    expect(reads / customers).to.be.at.most(3);
  });
});

/** The table of one Region, with requests of both as replication has brought them. */
class Table {
  readonly troubles: unknown[] = [];
  /** Customers whose saved addresses were deleted. */
  readonly addressBooks: string[] = [];

  /** @param orders statuses of orders, by customer. */
  constructor(
    readonly region: string,
    readonly items: Item[],
    private readonly orders: Record<string, string> = {},
    private readonly failing: string[] = [],
  ) {}

  continue(timeLeftMs = 300_000) {
    return continueErasures(this.clients(), {
      onTrouble: (error) => this.troubles.push(error),
      timeLeftMs: () => timeLeftMs,
    });
  }

  clients(): RegionData {
    const { region } = this;
    const clients = {
      region,
      data: { orders: "orders", cards: "cards", stock: "stock", invoices: "invoices", storeName: "Store" },
      tables: { send: async (command: unknown) => this.answer(command) },
      orders: {
        ofCustomer: async (customerId: string) => {
          if (this.failing.includes(customerId)) throw new Error("The table does not answer.");
          return { keys: customerId in this.orders ? [{ orderId: customerId, region }] : [] };
        },
        partition: async (orderId: string) => ({
          orders: [{ orderId, region, epoch: 1, status: this.orders[orderId], updatedAt: "1" }],
        }),
        item: async () => undefined,
        deleteAddressBook: async (customerId: string) => void this.addressBooks.push(customerId),
      },
      objects: { send: async () => ({}) },
      pool: {},
    };
    return clients as unknown as RegionData;
  }

  private answer(command: unknown): object {
    if (command instanceof QueryCommand) return { Items: this.items };
    if (command instanceof GetCommand) return {};
    if (!(command instanceof UpdateCommand)) throw new Error("not expected");
    const { Key, ExpressionAttributeValues: values = {} } = command.input;
    const [erased = "", region = ""] = String(Key?.["region"]).split("#");
    const own = this.items.find((one) => one.erased === erased && one.in === region);
    const requested = ":erased" in values;
    if (!requested) own!.doneAt = values[":now"];
    else if (own) Object.assign(own, { requestedAt: values[":now"], doneAt: undefined });
    else this.items.push(item(region, values[":now"], undefined, erased));
    return {};
  }
}

describe("eraseCustomer", () => {
  it("erases in the other Regions when one dies before it has recorded the request", async () => {
    const [east, west] = REGIONS.map((region) => new Table(region, [])) as [Table, Table];
    const dying = { ...east.clients(), tables: { send: async () => Promise.reject(new Error("dead")) } };
    const { done, missing } = await eraseCustomer([dying as unknown as RegionData, west.clients()], "ann");
    expect({ done, missing }).to.deep.equal({
      done: ["us-west-2"],
      missing: [{ region: "us-east-1", reason: "dead" }],
    });
    expect(west.items.map(({ erased, in: region }) => [erased, region])).to.deep.equal([["ann", "us-west-2"]]);
  });
});

describe("continueErasures of a customer with refunds", () => {
  it("erases the reasons of the Region's own refunds and rewrites their credit notes, once, without an own item of the order", async () => {
    const order = itemOf({ status: "DELIVERED", region: "us-east-1" });
    const own = refundItemOf({ owner: "us-west-2", status: "REFUNDED", reason: "Ann's dog bit it." });
    const peers = refundItemOf({ owner: "us-east-1", refundId: "OTHER6789ABCDEFGHJKMNPQRST", status: "REFUNDED" });
    const store = new MemoryStore([order], "us-west-2");
    store.refunds = [own, peers];
    store.ofCustomer = async () => ({ keys: [{ orderId: order.orderId, region: "us-east-1" }] });
    const note = `invoices/${order.customerId}/${order.orderId}-${own.refundId}.html`;
    const puts: { Key?: string; Body?: string }[] = [];
    const requests = [item("us-west-2", "2026-01-01", undefined, order.customerId)];
    const clients = {
      region: "us-west-2",
      data: { orders: "orders", cards: "cards", stock: "stock", invoices: "invoices", storeName: "Store" },
      tables: { send: async (command: unknown) => (command instanceof QueryCommand ? { Items: requests } : {}) },
      orders: store,
      objects: {
        send: async (command: { input: { Key?: string; Body?: string } }) => {
          if ("Body" in command.input) puts.push(command.input);
          return { Versions: [{ Key: note, VersionId: "1" }] };
        },
      },
      pool: {},
    } as unknown as RegionData;
    for (let run = 0; run < 2; run++) {
      await continueErasures(clients, { onTrouble: (error) => expect.fail(String(error)), timeLeftMs: () => 300_000 });
    }
    expect(store.refunds.find(({ owner }) => owner === "us-west-2")).to.deep.include({
      ...{ reason: "erased", requestHash: "erased", amount: own.amount, updatedAt: own.updatedAt },
    });
    expect(store.refunds.find(({ owner }) => owner === "us-east-1")).to.deep.equal(peers);
    expect(puts.map(({ Key }) => Key)).to.deep.equal([note]);
    expect(puts[0]?.Body)
      .to.contain("erased")
      .and.contain("€5.00")
      .and.not.contain("dog")
      .and.not.contain("Ann Example");
  });
});

describe("continueErasures", () => {
  it("erases here what was requested in the other Region, without making that Region erase again", async () => {
    const east = new Table("us-east-1", [item("us-west-2", "2026-01-01", "2026-01-01")]);
    expect(await east.continue()).to.deep.equal({ erased: 1, left: 0 });
    expect(east.items.find(({ in: region }) => region === "us-east-1")?.requestedAt).to.equal("2026-01-01");
    expect(unfinishedAmong(east.items, REGIONS)).to.deep.equal([]);
    expect(await east.continue()).to.deep.equal({ erased: 0, left: 0 });
    expect(east.addressBooks).to.deep.equal(["ann"]);
  });

  it("continues one that ended before its end was recorded", async () => {
    const west = new Table("us-west-2", [item("us-west-2", "2026-01-01")]);
    expect(await west.continue()).to.deep.equal({ erased: 1, left: 0 });
    expect(await west.continue()).to.deep.equal({ erased: 0, left: 0 });
  });

  it("waits for an unfinished order, which is no trouble", async () => {
    const west = new Table("us-west-2", [item("us-west-2", "2026-01-01")], { ann: "PAID" });
    expect(await west.continue()).to.deep.equal({ erased: 0, left: 1 });
    expect(west.troubles).to.deep.equal([]);
  });

  it("reports a failure, and goes on with other customers", async () => {
    const items = [item("us-west-2", "2026-01-01"), item("us-west-2", "2026-01-01", undefined, "ben")];
    const west = new Table("us-west-2", items, {}, ["ann"]);
    expect(await west.continue()).to.deep.equal({ erased: 1, left: 1 });
    expect(west.troubles.map(String)).to.deep.equal(["Error: The table does not answer."]);
  });

  it("leaves to its next run what it has no time for", async () => {
    const west = new Table("us-west-2", [item("us-west-2", "2026-01-01")]);
    expect(await west.continue(10_000)).to.deep.equal({ erased: 0, left: 1 });
    expect(west.items[0]?.doneAt).to.equal(undefined);
  });
});

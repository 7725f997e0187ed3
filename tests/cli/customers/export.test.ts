import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { exportCustomer } from "../../../cli/customers/export";
import { isKnown } from "../../../cli/customers/isKnown";
import type { CustomerClients } from "../../../cli/customers/places";

interface Kept {
  orderIds?: string[];
  addresses?: object[];
  account?: object;
  erasure?: object;
}

/** Clients of a Region that keeps some of Ann's data, and nothing of others. */
function regionWith(region: string, { orderIds = [], addresses = [], account, erasure }: Kept): CustomerClients {
  const ofAnn = <T>(customerId: string, items: T[]) => (customerId === "ann" ? items : []);
  const clients = {
    region,
    data: { orders: "orders", invoices: "invoices", accounts: { userPoolId: "pool", directory: "directory" } },
    orders: {
      ofCustomer: async (id: string) => ({ keys: ofAnn(id, orderIds).map((orderId) => ({ orderId, region })) }),
      addressBooks: async (id: string) => ofAnn(id, addresses),
    },
    tables: {
      send: async (command: { input: { TableName?: string; ExpressionAttributeValues?: Record<string, string> } }) => {
        const { TableName, ExpressionAttributeValues: values = {} } = command.input;
        if (command instanceof GetCommand) {
          const isOfAnn = String(command.input.Key?.["region"]).startsWith("ann#");
          return { Item: TableName === "directory" ? account : isOfAnn ? erasure : undefined };
        }
        if (TableName === "orders") return { Items: [{ kind: "order", orderId: values[":orderId"] }] };
        return { Items: account ? ofAnn(values[":customerId"] ?? "", [{ person: "p" }]) : [] };
      },
    },
    objects: { send: async () => ({}) },
    pool: { send: async () => ({ Users: [{ Attributes: [{ Name: "email", Value: "ann@example.com" }] }] }) },
  };
  return clients as unknown as CustomerClients;
}

const [east, west] = ["us-east-1", "us-west-2"] as const;
const account = { person: "p", region: west, sub: "sub", customerId: "ann" };
const UNKNOWN = `There is no customer "bob" in any Region: give the \`customerId\` of an order or of an access token.`;
const dead = { ...regionWith(west, {}), orders: { ofCustomer: async () => Promise.reject(new Error("dead")) } };

const DATA: [what: string, kept: Kept][] = [
  ["an account", { account }],
  ["an order", { orderIds: ["A1"] }],
  ["saved addresses", { addresses: [{}] }],
];

describe("exportCustomer", () => {
  for (const [what, kept] of DATA) {
    it(`exports a customer of whom one Region has ${what} only`, async () => {
      const exported = await exportCustomer([regionWith(east, {}), regionWith(west, kept)], "ann");
      expect(exported[east]).to.deep.equal({ accounts: [], orders: [], addresses: [], invoices: {} });
      expect(exported[west]).to.not.deep.equal(exported[east]);
    });

    it(`refuses an id that is unknown beside ${what} of another customer`, async () => {
      const failure = await exportCustomer([regionWith(east, {}), regionWith(west, kept)], "bob").catch((e) => e);
      expect(failure).to.have.property("message", UNKNOWN);
    });
  }

  it("names a Region that does not answer, instead of calling the customer unknown", async () => {
    const failure = await exportCustomer([regionWith(east, {}), dead as unknown as CustomerClients], "bob").catch(
      (error) => error,
    );
    expect(failure.message).to.match(/^us-west-2 did not answer \(dead\), and has accounts and invoices/);
  });
});

describe("isKnown", () => {
  for (const [what, kept] of [...DATA, ["an earlier erasure", { erasure: {} }] as const]) {
    it(`is true of a customer of whom one Region has ${what} only, and of no other`, async () => {
      const regions = [regionWith(east, {}), regionWith(west, kept)];
      expect([await isKnown(regions, "ann"), await isKnown(regions, "bob")]).to.deep.equal([true, false]);
    });
  }

  it("is true while a Region does not answer, which may know the customer", async () => {
    expect(await isKnown([regionWith(east, {}), dead as unknown as CustomerClients], "bob")).to.equal(true);
  });
});

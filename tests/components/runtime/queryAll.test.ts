import type { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { CustomerDirectory } from "../../../components/authLayer/handlers/customerDirectory";
import { OrderReader } from "../../../components/orderService/handlers/orderReader";
import { OrderStore } from "../../../components/orderService/handlers/orderStore";
import { StockStore } from "../../../components/orderService/handlers/stock/stockStore";
import { StateStore } from "../../../components/regionalFailover/handlers/stateStore";
import { queryAll } from "../../../components/runtime/queryAll";
import { readShares } from "../../../components/runtime/stockShares";

const TABLES = { orders: "orders", cards: "cards", stock: "stock" };
const REGION = "eu-central-1";

/** A client whose query ends its first page at an item, as DynamoDB does at 1 MB, and has the wanted item on its second page. */
function pagedClient(...items: object[]) {
  const starts: unknown[] = [];
  const send = async ({ input }: QueryCommand) => {
    starts.push(input.ExclusiveStartKey);
    const at = Number(input.ExclusiveStartKey?.["at"] ?? 0);
    return { Items: [items[at]], ...(at + 1 < items.length && { LastEvaluatedKey: { at: at + 1 } }) };
  };
  return { starts, client: { send } as unknown as DynamoDBDocumentClient };
}

describe("queryAll", () => {
  it("reads page after page, each from the end of the one before", async () => {
    const { client, starts } = pagedClient({ n: 1 }, { n: 2 }, { n: 3 });
    expect(await queryAll(client, { TableName: "numbers" })).to.deep.equal([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(starts).to.deep.equal([undefined, { at: 1 }, { at: 2 }]);
  });

  const [first, second] = [
    { kind: "cancel", entry: "drain#a" },
    { kind: "order", entry: "heartbeat" },
  ];
  const both = [first, second];
  const reads: [what: string, read: (client: DynamoDBDocumentClient) => Promise<unknown>, expected: unknown][] = [
    [
      "an order whose item is on the second page",
      (client) => new OrderReader(client, TABLES, REGION).partition("id"),
      { orders: [second], cancelWished: true },
    ],
    ["saved addresses", (client) => new OrderStore(client, TABLES, REGION).addressBooks("id"), both],
    ["a product's shares", (client) => readShares(client, "stock", "id"), both],
    ["deliveries", (client) => new StockStore(client, "stock", REGION).deliveries("id", "d"), both],
    ["a person's items", (client) => new CustomerDirectory(client, "t", async (text) => text).items("p"), both],
    [
      "the records of a Region",
      (client) => new StateStore(client, "regions").readRecords(REGION),
      { heartbeat: second, drains: [first], issuer: undefined },
    ],
  ];
  for (const [what, read, expected] of reads) {
    it(`reads both pages of ${what}`, async () => {
      expect(await read(pagedClient(first, second).client)).to.deep.equal(expected);
    });
  }
});

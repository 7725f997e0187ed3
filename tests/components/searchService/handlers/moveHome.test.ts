import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { moveHome } from "../../../../components/searchService/handlers/moveHome";
import { MOVE_GAP } from "../../../../domain/catalogue/change";
import type { Product } from "../../../../domain/catalogue/product";
import { product } from "../../../kit/searchFakes";

/** A table with two items per page that checks the real conditions. */
function tableOf(...products: Product[]) {
  const items = new Map(products.map((one) => [one.productId, one]));
  const state = { items, changing: new Map<string, number>(), updates: 0 };
  const send = async (command: unknown) => {
    if (command instanceof ScanCommand) {
      const all = [...items.values()];
      const start = Number(command.input.ExclusiveStartKey?.["at"] ?? 0);
      const from = command.input.ExpressionAttributeValues?.[":from"];
      return {
        Items: all.slice(start, start + 2).filter(({ homeRegion }) => homeRegion === from),
        LastEvaluatedKey: start + 2 < all.length ? { at: start + 2 } : undefined,
      };
    }
    if (command instanceof GetCommand) return { Item: items.get(String(command.input.Key?.["productId"])) };
    if (!(command instanceof UpdateCommand)) throw new Error("not expected");
    const id = String(command.input.Key?.["productId"]);
    const values = command.input.ExpressionAttributeValues!;
    const left = state.changing.get(id) ?? 0;
    const current = items.get(id)!;
    if (left > 0) {
      state.changing.set(id, left - 1);
      items.set(id, { ...current, version: current.version + 1, name: "Changed meanwhile" });
    }
    const { homeRegion, version } = items.get(id)!;
    if (homeRegion !== values[":from"] || version !== values[":seen"]) {
      throw new ConditionalCheckFailedException({ message: "", $metadata: {} });
    }
    state.updates++;
    items.set(id, { ...items.get(id)!, homeRegion: String(values[":to"]), version: Number(values[":next"]) });
    return {};
  };
  const client = { send } as unknown as DynamoDBDocumentClient;
  const move = () => moveHome({ client, table: "products", from: "us-east-1", to: "us-west-2" });
  return { ...state, state, move };
}

const west = product("west", { homeRegion: "us-west-2", version: 7 });

describe("moveHome", () => {
  it("moves every product of the lost Region, tombstones included, and no others", async () => {
    const deleted = product("deleted", { version: 3, deletedAt: "2026-11-02T00:00:00.000Z" });
    const { items, move } = tableOf(product("a"), west, product("b", { version: 2 }), deleted, product("c"));
    expect(await move()).to.deep.equal({ moved: 4, left: 0 });
    expect([...items.values()].map(({ homeRegion }) => homeRegion)).to.deep.equal(Array(5).fill("us-west-2"));
    expect(items.get("b")).to.deep.equal(product("b", { version: 2 + MOVE_GAP, homeRegion: "us-west-2" }));
    expect(items.get("deleted")).to.deep.include({ deletedAt: deleted.deletedAt });
    expect(items.get("west")).to.deep.equal(west);
  });

  it("changes nothing if repeated", async () => {
    const { state, items, move } = tableOf(product("a"), product("b"));
    await move();
    const once = [...items.values()];
    expect(await move()).to.deep.equal({ moved: 0, left: 0 });
    expect([...items.values()]).to.deep.equal(once);
    expect(state.updates).to.equal(2);
  });

  it("keeps concurrent changes", async () => {
    const { state, items, move } = tableOf(product("a"));
    state.changing.set("a", 2);
    expect(await move()).to.deep.equal({ moved: 1, left: 0 });
    expect(items.get("a")).to.deep.include({
      name: "Changed meanwhile",
      version: 3 + MOVE_GAP,
      homeRegion: "us-west-2",
    });
  });

  it("counts the products for which it must be repeated", async () => {
    const { state, items, move } = tableOf(product("a"), product("b"));
    state.changing.set("a", 100);
    expect(await move()).to.deep.equal({ moved: 1, left: 1 });
    expect(items.get("a")).to.include({ homeRegion: "us-east-1" });
  });

  it("refuses to move products to their own home", async () => {
    const client = {} as DynamoDBDocumentClient;
    const toItself = moveHome({ client, table: "products", from: "us-east-1", to: "us-east-1" });
    const refusal = await toItself.catch((error: Error) => error.message);
    expect(refusal).to.equal("`from` and `to` are both us-east-1; give two different Regions.");
  });
});

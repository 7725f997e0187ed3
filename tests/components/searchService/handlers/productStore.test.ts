import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, type PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { ProductStore } from "../../../../components/searchService/handlers/productStore";
import type { Product } from "../../../../domain/catalogue/product";
import { product } from "../../../kit/searchFakes";

const lost = () => new ConditionalCheckFailedException({ message: "another writer", $metadata: {} });
const { productId: _id, version: _version, homeRegion: _home, updatedAt: _at, ...content } = product("p-1");

/** A store over one item; each write first fails as often as given. */
function storeOf(item: Product | undefined, failures = 0) {
  const puts: PutCommand["input"][] = [];
  let reads = 0;
  const client = {
    async send(command: GetCommand | PutCommand) {
      if (command instanceof GetCommand) {
        reads++;
        expect(command.input.ConsistentRead).to.equal(true);
        return { Item: item };
      }
      if (failures-- > 0) throw lost();
      puts.push(command.input);
      return {};
    },
  } as unknown as DynamoDBDocumentClient;
  const now = () => new Date("2026-11-02T00:00:00.000Z");
  const store = new ProductStore({ client, table: "products", region: "us-east-1", now });
  return { store, puts, reads: () => reads };
}

describe("ProductStore", () => {
  it("creates a product only if there is none", async () => {
    const { store, puts } = storeOf(undefined);
    expect((await store.put("p-1", content, 0)).kind).to.equal("write");
    expect(puts[0]).to.deep.include({
      TableName: "products",
      ConditionExpression: "attribute_not_exists(productId)",
    });
    expect(puts[0]!.Item).to.include({ productId: "p-1", version: 1, updatedAt: "2026-11-02T00:00:00.000Z" });
  });

  it("replaces only the version that was read", async () => {
    const { store, puts } = storeOf(product("p-1", { version: 4 }));
    await store.put("p-1", { ...content, name: "Kettle" }, 4);
    expect(puts[0]!.ExpressionAttributeValues).to.deep.equal({ ":replaces": 4 });
    expect(puts[0]!.Item?.["version"]).to.equal(5);
  });

  it("deletes by a tombstone", async () => {
    const { store, puts } = storeOf(product("p-1"));
    await store.delete("p-1", 1);
    expect(puts[0]!.Item).to.include({ version: 2, deletedAt: "2026-11-02T00:00:00.000Z" });
  });

  it("writes nothing over a version that the caller has not read", async () => {
    const { store, puts } = storeOf(product("p-1", { version: 4 }));
    expect((await store.put("p-1", { ...content, name: "Kettle" }, 3)).kind).not.to.equal("write");
    expect(puts).to.deep.equal([]);
  });

  it("decides again after another writer was first, at most twice", async () => {
    const again = storeOf(undefined, 2);
    await again.store.put("p-1", content, 0);
    expect(again.reads()).to.equal(3);
    const failure = await storeOf(undefined, 3)
      .store.put("p-1", content, 0)
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(ConditionalCheckFailedException);
  });
});

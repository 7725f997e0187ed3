import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { createRulesApi } from "../../../../components/searchService/handlers/api/rulesApi";
import type { SignedInRequest } from "../../../../components/searchService/handlers/forwardWrite";
import { createRulesReader, RULES_KEPT_MS, RulesStore } from "../../../../components/searchService/handlers/rulesStore";
import { NO_RULES, type StoredRules } from "../../../../domain/catalogue/search/searchRules";
import { request, silent } from "../../../kit/searchFakes";

/** A table with one item that checks the real conditions. */
function tableWith(stored?: StoredRules) {
  const state = { item: stored, reads: 0, races: 0, isDown: false };
  const send = async (command: unknown) => {
    if (state.isDown) throw new Error("no answer");
    if (command instanceof GetCommand) {
      state.reads++;
      return { Item: state.item };
    }
    if (!(command instanceof PutCommand)) throw new Error("not expected");
    if (state.races-- > 0) state.item = { ...state.item!, version: state.item!.version + 1 };
    if (state.item?.version !== command.input.ExpressionAttributeValues?.[":replaces"]) {
      throw new ConditionalCheckFailedException({ message: "", $metadata: {} });
    }
    state.item = command.input.Item as StoredRules;
    return {};
  };
  return { state, client: { send } as unknown as DynamoDBDocumentClient };
}

const stored: StoredRules = {
  ...NO_RULES,
  hidden: ["a"],
  productId: "#search-rules",
  version: 3,
  homeRegion: "us-east-1",
  updatedAt: "2026-11-30T00:00:00.000Z",
};

describe("rules API", () => {
  function serviceWith(item?: StoredRules) {
    const { state, client } = tableWith(item);
    const forwarded: string[] = [];
    const api = createRulesApi(
      new RulesStore({ client, table: "products", region: "us-east-1" }),
      silent,
      async (_, __, home) => {
        forwarded.push(home);
        return { statusCode: 200 };
      },
    );
    const call = (method: string, content?: unknown, groups = "customers merchandisers") => {
      const event = request("/api/catalogue/rules", {
        method,
        headers: { "content-type": "application/json" },
        body: content === undefined ? undefined : JSON.stringify(content),
      });
      const authorizer = { lambda: { customerId: "m1", groups } };
      return api({ ...event, requestContext: { ...event.requestContext, authorizer } } as SignedInRequest);
    };
    return { state, forwarded, call };
  }

  it("answers empty rules in version 0 before the first change, and never for a cache", async () => {
    const { call } = serviceWith();
    const answer = await call("GET");
    expect(JSON.parse(answer.body!)).to.deep.equal({ ...NO_RULES, version: 0 });
    expect(answer.headers).to.include({ "cache-control": "no-store" });
  });

  it("replaces the version that the caller names", async () => {
    const { call, state } = serviceWith(stored);
    const changed = await call("PUT", { ...NO_RULES, synonyms: ["a, b"], version: 3 });
    expect(changed.statusCode).to.equal(200);
    expect(state.item).to.deep.include({ synonyms: ["a, b"], hidden: [], version: 4 });
    const late = await call("PUT", { ...NO_RULES, version: 3 });
    expect(late.statusCode).to.equal(409);
    expect(JSON.parse(late.body!)).to.include({ currentVersion: 4 });
  });

  it("answers a conflict when another writer was first", async () => {
    const { call, state } = serviceWith(stored);
    state.races = 1;
    expect((await call("PUT", { ...NO_RULES, version: 3 })).statusCode).to.equal(409);
  });

  it("refuses callers that are no merchandisers, and rules that are not as described", async () => {
    const { call, state } = serviceWith(stored);
    expect((await call("GET", undefined, "customers")).statusCode).to.equal(403);
    expect((await call("PUT", { ...NO_RULES, version: 3 }, "customers")).statusCode).to.equal(403);
    for (const wrong of [
      { ...NO_RULES },
      { ...NO_RULES, version: 3, hidden: ["#search-rules"] },
      { ...NO_RULES, version: 3, boosts: [{ field: "price", value: "1", weight: 2 }] },
      { ...NO_RULES, version: 3, pins: [{ query: "a", productIds: [] }] },
    ]) {
      expect((await call("PUT", wrong)).statusCode, JSON.stringify(wrong)).to.equal(422);
    }
    expect(state.item).to.equal(stored);
  });

  it("forwards changes of rules whose home is another Region", async () => {
    const { call, forwarded } = serviceWith({ ...stored, homeRegion: "us-west-2" });
    await call("PUT", { ...NO_RULES, version: 3 });
    expect(forwarded).to.deep.equal(["us-west-2"]);
  });
});

describe("createRulesReader", () => {
  it("reads again after ten seconds only, and keeps the last rules while the table does not answer", async () => {
    const { state, client } = tableWith(stored);
    let now = 1_000_000;
    const warnings: string[] = [];
    const log = { warn: (message: string) => void warnings.push(message) };
    const read = createRulesReader({ client, table: "products" }, log, () => now);
    expect((await read()).hidden).to.deep.equal(["a"]);
    state.item = { ...stored, hidden: ["b"] };
    now += RULES_KEPT_MS - 1;
    expect((await read()).hidden).to.deep.equal(["a"]);
    expect(state.reads).to.equal(1);
    now += 1;
    expect((await read()).hidden).to.deep.equal(["b"]);
    state.isDown = true;
    now += RULES_KEPT_MS;
    expect((await read()).hidden).to.deep.equal(["b"]);
    expect(warnings).to.deep.equal(["Reading the search rules failed"]);
  });

  it("has no rules without the item", async () => {
    const read = createRulesReader({ client: tableWith().client, table: "products" }, silent);
    expect(await read()).to.deep.equal(NO_RULES);
  });
});

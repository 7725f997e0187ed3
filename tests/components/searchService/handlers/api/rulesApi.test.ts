import { expect } from "chai";
import { createRulesApi } from "../../../../../components/searchService/handlers/api/rulesApi";
import type { SignedInRequest } from "../../../../../components/searchService/handlers/forwardWrite";
import { RulesStore } from "../../../../../components/searchService/handlers/rulesStore";
import { NO_RULES, type StoredRules } from "../../../../../domain/catalogue/search/searchRules";
import { request, silent, storedRules, tableOfRules } from "../../../../kit/searchFakes";

describe("createRulesApi", () => {
  function serviceWith(item?: StoredRules) {
    const { state, client } = tableOfRules(item);
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
    const { call, state } = serviceWith(storedRules);
    const changed = await call("PUT", { ...NO_RULES, synonyms: ["a, b"], version: 3 });
    expect(changed.statusCode).to.equal(200);
    expect(state.item).to.deep.include({ synonyms: ["a, b"], hidden: [], version: 4 });
    const late = await call("PUT", { ...NO_RULES, version: 3 });
    expect(late.statusCode).to.equal(409);
    expect(JSON.parse(late.body!)).to.include({ currentVersion: 4 });
  });

  it("answers a conflict when another writer was first", async () => {
    const { call, state } = serviceWith(storedRules);
    state.races = 1;
    expect((await call("PUT", { ...NO_RULES, version: 3 })).statusCode).to.equal(409);
  });

  it("refuses callers that are no merchandisers, and rules that are not as described", async () => {
    const { call, state } = serviceWith(storedRules);
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
    expect(state.item).to.equal(storedRules);
  });

  it("forwards changes of rules whose home is another Region", async () => {
    const { call, forwarded } = serviceWith({ ...storedRules, homeRegion: "us-west-2" });
    await call("PUT", { ...NO_RULES, version: 3 });
    expect(forwarded).to.deep.equal(["us-west-2"]);
  });

  it("answers a request that was forwarded already with the rules' home, and 500 if the table does not answer", async () => {
    const { client, state } = tableOfRules({ ...storedRules, homeRegion: "us-west-2" });
    const api = createRulesApi(new RulesStore({ client, table: "products", region: "us-east-1" }), silent);
    const event = request("/api/catalogue/rules", {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...NO_RULES, version: 3 }),
    });
    const authorizer = { lambda: { customerId: "m1", groups: "merchandisers" } };
    const signedIn = { ...event, requestContext: { ...event.requestContext, authorizer } } as SignedInRequest;
    const elsewhere = await api(signedIn);
    expect(elsewhere.statusCode).to.equal(409);
    expect(JSON.parse(elsewhere.body!)).to.include({ homeRegion: "us-west-2" });
    state.isDown = true;
    const failed = await api(signedIn);
    expect(failed.statusCode).to.equal(500);
    expect(failed.body).to.not.contain("no answer");
  });
});

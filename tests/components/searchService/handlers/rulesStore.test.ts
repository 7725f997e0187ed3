import { expect } from "chai";
import { createRulesReader, RULES_KEPT_MS } from "../../../../components/searchService/handlers/rulesStore";
import { NO_RULES } from "../../../../domain/catalogue/search/searchRules";
import { silent, storedRules, tableOfRules } from "../../../kit/searchFakes";

describe("createRulesReader", () => {
  it("reads again after ten seconds only, and keeps the last rules while the table does not answer", async () => {
    const { state, client } = tableOfRules(storedRules);
    let now = 1_000_000;
    const warnings: string[] = [];
    const log = { warn: (message: string) => void warnings.push(message) };
    const read = createRulesReader({ client, table: "products" }, log, () => now);
    expect((await read()).hidden).to.deep.equal(["a"]);
    state.item = { ...storedRules, hidden: ["b"] };
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
    const read = createRulesReader({ client: tableOfRules().client, table: "products" }, silent);
    expect(await read()).to.deep.equal(NO_RULES);
  });
});

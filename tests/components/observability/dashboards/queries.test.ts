import { expect } from "chai";
import { type observe, observePrimary } from "../../../kit/observabilityStand";

describe("Saved queries", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof observe>>;
  before(async () => {
    all = await observePrimary();
  });

  it("uses at most fifty log groups in a saved query", () => {
    for (const { inputs } of all.of("QueryDefinition")) {
      expect((inputs["logGroupNames"] as string[]).length).to.be.within(1, 50);
      expect(inputs["name"]).to.match(/^store-prod-east-observability\/[a-z]+\/[a-z-]+$/);
    }
    expect(all.of("QueryDefinition").length).to.be.at.least(7);
  });

  it("queries fields of Lambda's report lines that exist in JSON", () => {
    const texts = all.of("QueryDefinition").map(({ inputs }) => String(inputs["queryString"]));
    expect(texts.filter((text) => text.includes('type = "platform.report"'))).to.have.length(4);
    // Found in lines of plain text alone.
    const ofText = /@(type|requestId|duration|initDuration|billedDuration|maxMemoryUsed|memorySize|xrayTraceId)\b/;
    expect(texts.filter((text) => ofText.test(text))).to.deep.equal([]);
  });
});

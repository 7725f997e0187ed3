import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { countingInto, metricsNamespace } from "../../../components/infrastructure/metricsNamespace";

describe("metricsNamespace", () => {
  before(() =>
    pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "shop", "dev"),
  );
  after(() => pulumi.runtime.disconnect());

  it("is the project with this stack, or with the primary's", () => {
    expect(metricsNamespace()).to.equal("shop/dev");
    expect(metricsNamespace("prod-east")).to.equal("shop/prod-east");
  });
});

describe("countingInto", () => {
  it("sets the variable that Powertools reads", () => {
    expect(countingInto("shop/dev")).to.deep.equal({ POWERTOOLS_METRICS_NAMESPACE: "shop/dev" });
  });
});

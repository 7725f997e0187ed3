import { expect } from "chai";
import { functions, onUsualStore } from "../../../kit/orderServiceStand";

describe("createHttpProvider", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("stores the providers' keys as secrets that only their callers read", () => {
    const parameters = stand.made.of("Parameter");
    expect(parameters).to.have.length(4);
    for (const { inputs } of parameters) expect(inputs["type"]).to.equal("SecureString");
    const readers = (parameter: string) =>
      functions.filter((name) =>
        stand.made
          .statements(name)
          .some(({ Resource }) => [Resource ?? []].flat().some((arn) => arn.endsWith(parameter))),
      );
    expect(readers("orders-payment-api-key")).to.have.members(["authorize", "settle", "refunder"]);
    expect(readers("orders-shipping-api-key")).to.deep.equal(["ship"]);
    expect(readers("orders-payment-webhook-secret")).to.deep.equal(["webhooks"]);
    for (const { inputs } of stand.made.of("Function")) {
      const { variables } = (inputs["environment"] ?? {}) as { variables?: Record<string, string> };
      expect(Object.values(variables ?? {})).to.not.include.members(["p-key", "s-key"]);
    }
  });
});

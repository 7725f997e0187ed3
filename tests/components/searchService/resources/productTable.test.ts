import { expect } from "chai";
import { registerPlain } from "../../../kit/searchServiceStand";

describe("The table of products", function () {
  this.timeout(120_000);

  it("creates a protected table whose stream has old and new images", async () => {
    const { one, outputs } = await registerPlain();
    expect(one("Table")).to.deep.include({
      hashKey: "productId",
      attributes: [{ name: "productId", type: "S" }],
      billingMode: "PAY_PER_REQUEST",
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: true,
    });
    expect(outputs["products"]).to.deep.equal({
      tableName: "catalogue-products-physical",
      tableArn: "arn:aws:test:us-east-1:000000000000:catalogue-products",
    });
    expect(outputs["url"]).to.equal("https://api.example");
  });
});

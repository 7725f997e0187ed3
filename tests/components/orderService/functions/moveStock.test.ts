import { expect } from "chai";
import { onReplicatedStore, onUsualStore } from "../../../kit/orderServiceStand";

describe("The function that moves stock", function () {
  this.timeout(180_000);
  const [stand, replicated] = [onUsualStore(), onReplicatedStore()];
  const imageOf = ({ named }: { named: typeof stand.made.named }) => {
    const { filterCriteria } = named("EventSourceMapping", "orders-stock-stream");
    const [{ pattern } = { pattern: "" }] = (filterCriteria as { filters: { pattern: string }[] }).filters;
    return JSON.parse(pattern).dynamodb.NewImage;
  };

  it("is invoked by records of peer Regions alone", () => {
    const kind = { S: ["share", "delivery"] };
    expect(imageOf(stand.made)).to.deep.equal({ kind });
    expect(imageOf(replicated.made)).to.deep.equal({ kind, region: { S: ["us-west-2"] } });
  });
});

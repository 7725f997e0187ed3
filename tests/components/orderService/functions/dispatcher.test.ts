import { expect } from "chai";
import { type Inputs, onReplicatedStore, onUsualStore, register } from "../../../kit/orderServiceStand";

describe("The function that dispatches changes", function () {
  this.timeout(180_000);
  const [stand, replicated] = [onUsualStore(), onReplicatedStore()];
  const arn = "arn:aws:dynamodb:us-west-2:123456789012:table/orders";
  const existingData = {
    orders: { name: "orders", arn, streamArn: `${arn}/stream/1` },
    cards: { name: "cards", arn },
    stock: { name: "stock", arn, streamArn: `${arn}/stream/2` },
    cardKey: { keyId: "mrk-2", arn: "arn:aws:kms:us-west-2:123456789012:key/mrk-2" },
  };
  const peersOf = ({ named }: { named: typeof stand.made.named }) => {
    const { environment } = named("Function", "orders-dispatcher-function");
    return JSON.parse(String((environment as { variables: Inputs }).variables["PEER_REGIONS"]));
  };

  it("knows the Regions whose items it may meet, and checks none with another stack's tables", async () => {
    expect(peersOf(stand.made)).to.deep.equal([]);
    expect(peersOf(replicated.made)).to.deep.equal(["us-west-2"]);
    expect(peersOf(await register({ existingData }))).to.equal(null);
    expect(peersOf(await register({ existingData, peerRegions: ["us-east-1"] }))).to.deep.equal(["us-east-1"]);
  });
});

import { expect } from "chai";
import { countOne } from "../../../../components/orderService/handlers/dailyLimit";
import { EAST, StockStand, WEST } from "../../../kit/stockStand";

const MORNING = "2026-03-01T00:00:00.000Z";
const EVENING = "2026-03-01T23:59:59.999Z";
const NEXT_DAY = "2026-03-02T00:00:00.000Z";

describe("countOne", () => {
  it("allows so many on a UTC day, to each customer in each Region", async () => {
    const stand = new StockStand();
    const take = (at: string, customerId = "ann", region = EAST) =>
      stand.store(region).takeRate("sms", customerId, { limit: 2, at });
    expect([await take(MORNING), await take(EVENING), await take(EVENING)]).to.deep.equal([true, true, false]);
    expect([await take(NEXT_DAY), await take(EVENING, "ben"), await take(EVENING, "ann", WEST)]).to.deep.equal([
      ...[true, true, true],
    ]);
    expect(stand.counts(EAST)).to.have.members([2, 1, 1]);
  });

  it("lets DynamoDB delete a count when its day is over in every time zone", () => {
    const { ExpressionAttributeValues } = countOne(
      "orders",
      { what: "sms", customerId: "ann", region: EAST },
      { limit: 1, at: EVENING },
    );
    const expiresAt = ExpressionAttributeValues[":expiresAt"] * 1_000;
    expect(expiresAt).to.be.within(Date.parse("2026-03-02T12:00:00Z"), Date.parse("2026-03-04T00:00:00Z"));
  });
});

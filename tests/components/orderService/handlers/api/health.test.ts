import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import sinon from "sinon";
import { createHealthCheck } from "../../../../../components/orderService/handlers/api/health";
import { answeringClient } from "../../../../kit/orderFakes";

const TABLES = { orders: "orders", cards: "cards", stock: "stock" };

/** Tables in memory, of which one may fail or lose what is written. */
function stand() {
  const state = { failing: "", losing: "" };
  const items = new Map<unknown, unknown>();
  const { client, sent } = answeringClient<DynamoDBDocumentClient>((name, { TableName, Item }) => {
    if (TableName === state.failing) throw new Error("no answer");
    if (name === "GetCommand") return { Item: items.get(TableName) };
    if (TableName !== state.losing) items.set(TableName, Item);
    return {};
  });
  const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
  return { state, sent, log, check: createHealthCheck(client, TABLES, "us-east-1", log) };
}

describe("createHealthCheck", () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ["Date"] });
  });
  afterEach(() => sinon.restore());

  it("writes to both tables of orders and reads it back, at most every 5 seconds", async () => {
    const { check, sent } = stand();
    for (const ms of [0, 4_999]) {
      clock.tick(ms);
      expect((await check()).statusCode).to.equal(200);
    }
    expect(sent.map(({ name, input }) => `${name} ${input["TableName"]}`)).to.have.members([
      ...["PutCommand orders", "GetCommand orders", "PutCommand cards", "GetCommand cards"],
    ]);
    clock.tick(1);
    await check();
    expect(sent).to.have.length(8);
  });

  for (const fault of ["failing", "losing"] as const) {
    it(`answers 503 while a table is ${fault}, and 200 afterwards`, async () => {
      const { check, state, log } = stand();
      await check();
      state[fault] = "cards";
      clock.tick(5_000);
      const answer = await check();
      expect(answer.statusCode).to.equal(503);
      expect(JSON.parse(answer.body!)).to.include({ status: "failing", region: "us-east-1" });
      sinon.assert.calledOnceWithMatch(log.error, "The Region's tables do not work");
      state[fault] = "";
      clock.tick(5_000);
      expect((await check()).statusCode).to.equal(200);
    });
  }
});

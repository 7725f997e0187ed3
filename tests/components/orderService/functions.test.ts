import { expect } from "chai";
import { functions, onUsualStore, register } from "../../kit/orderServiceStand";

describe("The functions of an OrderService", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("grants each function the permissions that it uses, on named resources", () => {
    const everywhere = new Set(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]);
    for (const name of functions) {
      for (const { Action, Resource } of stand.made.statements(name)) {
        if ([Resource].flat().includes("*")) {
          for (const action of [Action].flat()) expect(everywhere.has(action), `${name}: ${action}`).to.equal(true);
        }
      }
      expect(stand.made.actions(name).filter((action) => action.includes("*"))).to.deep.equal([]);
    }
    expect(stand.made.actions("submit")).to.include.members(["dynamodb:PutItem", "dynamodb:BatchGetItem"]);
    expect(stand.made.actions("read").filter((action) => /Put|Update|Delete/.test(action))).to.deep.equal([
      "logs:PutLogEvents",
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
    ]);
    expect(stand.made.actions("settle").join()).to.not.match(/states:/);
  });

  it("has one reader of each stream, which items without consequences do not invoke", () => {
    const readers = stand.made
      .of("EventSourceMapping")
      .filter(({ inputs }) => String(inputs["eventSourceArn"]).includes("/stream/"));
    expect(readers.map(({ name }) => name)).to.have.members(["orders-stream", "orders-stock-stream"]);
    readers.sort((first, second) => second.name.localeCompare(first.name));
    const [, stock] = readers.map(({ inputs }) => inputs["filterCriteria"] as { filters: { pattern: string }[] });
    expect(JSON.parse(stock!.filters[0]!.pattern).dynamodb.NewImage.kind).to.deep.equal({ S: ["share", "delivery"] });
    const { filterCriteria, ...mapping } = readers[0]!.inputs;
    expect(mapping).to.deep.include({
      startingPosition: "TRIM_HORIZON",
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
    });
    expect(mapping).to.have.property("destinationConfig");
    const { filters } = filterCriteria as { filters: { pattern: string }[] };
    expect(JSON.parse(filters[0]!.pattern)).to.deep.equal({
      eventName: ["INSERT", "MODIFY"],
      dynamodb: { NewImage: { kind: { S: ["order", "cancel", "refund"] } } },
    });
  });

  it("accepts a longest retry wait above the first one", async () => {
    const { named } = await register({ waits: { retries: { firstSeconds: 120 } } });
    const { States } = JSON.parse(String(named("StateMachine", "orders-workflow")["definition"]));
    expect(States.Void.Retry[0]).to.include({ IntervalSeconds: 120, MaxDelaySeconds: 121 });
  });
});

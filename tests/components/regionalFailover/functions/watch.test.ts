import { expect } from "chai";
import { type Inputs, register } from "../../../kit/regionalFailoverStand";

describe("The function that watches the peer", function () {
  this.timeout(120_000);
  type Registered = Awaited<ReturnType<typeof register>>;
  let made: Registered;
  before(async () => {
    made = await register("us-east-1");
  });

  it("allows the watch to write only its own Region's items", () => {
    const writing = made
      .statements("watch")
      .filter(({ Action }) => [Action].flat().some((action) => /:(Put|Update|Delete)/.test(action)));
    const onTable = writing.filter(({ Resource }) => [Resource].flat().some((arn) => arn.includes("table/")));
    expect(onTable).to.have.length(1);
    expect(onTable[0]!.Condition).to.deep.equal({
      "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["us-east-1"] },
    });
  });

  it("allows the watch to start the takeover and the targets of a return", () => {
    const rights = Object.fromEntries(
      made
        .statements("watch")
        .flatMap(({ Action, Resource }) =>
          [Action].flat().flatMap((action) => [Resource].flat().map((arn) => [`${action} ${arn}`, true])),
        ),
    );
    expect(rights).to.include({
      "lambda:InvokeFunction arn:aws:lambda:us-east-1:123456789012:function:takeover": true,
      "lambda:InvokeFunction arn:aws:lambda:us-east-1:123456789012:function:sweeper": true,
      "states:StartExecution arn:aws:states:us-east-1:123456789012:stateMachine:rebuild": true,
    });
  });

  it("runs the watch once a minute, with a time-out beyond the next start, without retries", () => {
    const schedule = made.named("Schedule", "failover-watch");
    expect(schedule).to.include({ scheduleExpression: "rate(1 minute)" });
    expect(schedule["target"]).to.deep.include({
      retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
    });
    expect(made.named("Function", "failover-watch-function")["timeout"]).to.equal(120);
    expect(made.named("FunctionEventInvokeConfig", "failover-watch-calls")).to.include({ maximumRetryAttempts: 0 });
  });

  it("watches no peer in a single Region", async () => {
    const { of, named } = await register("us-east-1", { peerRegions: undefined });
    expect(of("MetricAlarm").map(({ name }) => name)).to.not.include("failover-peer-lost");
    const { variables } = named("Function", "failover-watch-function")["environment"] as { variables: Inputs };
    expect(variables["PEER_REGION"]).to.equal("");
  });
});

import { expect } from "chai";
import { observe, observePrimary } from "../../../kit/observabilityStand";

describe("The topics of alarms", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof observe>>;
  before(async () => {
    all = await observePrimary();
  });

  it("allows only CloudWatch and Cost Anomaly Detection of this account to publish to its topic", () => {
    const policy = JSON.parse(String(all.one("TopicPolicy", "observability-alarms")["policy"]));
    const [allowed, ...others] = policy.Statement;
    expect(others.map(({ Effect }: { Effect: string }) => Effect)).to.deep.equal(["Deny"]);
    expect(allowed.Condition).to.deep.equal({ StringEquals: { "aws:SourceAccount": "123456789012" } });
    expect(all.one("AnomalySubscription", "observability-costs")["subscribers"]).to.deep.equal([
      { type: "SNS", address: "arn:aws:test:us-east-1:123456789012:observability-alarms" },
    ]);
  });

  it("subscribes an address once that is named twice", async () => {
    const { of } = await observe({ mails: ["on-call@example.com", "shop@example.com", "on-call@example.com"] });
    expect(of("TopicSubscription").map(({ inputs }) => inputs["endpoint"])).to.have.members([
      "on-call@example.com",
      "shop@example.com",
    ]);
  });

  it("uses existing topics", async () => {
    const { of, one } = await observe({ alarmTopicArns: ["arn:page"], ticketTopicArns: ["arn:ticket"] });
    expect(of("Topic")).to.have.length(0);
    expect(one("CompositeAlarm", "observability-orders")["alarmActions"]).to.deep.equal(["arn:page"]);
    expect(one("CompositeAlarm", "observability-tickets")["alarmActions"]).to.deep.equal(["arn:ticket"]);
  });
});

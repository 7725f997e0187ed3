import { expect } from "chai";
import { Observability } from "../../../components/observability";
import { mocked, requestOf, usual } from "../../kit/observabilityStand";

describe("The cost monitor", function () {
  this.timeout(120_000);

  it("subscribes to cost anomalies after the topic's policy, which AWS checks at once", async () => {
    let dependencies: string[] = [];
    await mocked([], async () => {
      const subscription = requestOf("aws:costexplorer/anomalySubscription:AnomalySubscription");
      new Observability("observability", { ...usual, costAnomaly: { aboveUsd: 50 } });
      dependencies = (await subscription).getDependenciesList();
    });
    expect(dependencies.map((urn) => urn.split("$").at(-1))).to.include(
      "aws:sns/topicPolicy:TopicPolicy::observability-alarms",
    );
  });
});

import { expect } from "chai";
import { onUsualStore } from "../../../kit/orderServiceStand";

describe("The function of webhooks", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("lets webhooks invoke their two workers, and read no table", () => {
    const calling = stand.made
      .statements("webhooks")
      .filter(({ Action }) => [Action].flat().includes("lambda:InvokeFunction"));
    const workers = ["orders-resume-function", "orders-ship-function"];
    expect(calling.flatMap(({ Resource }) => Resource)).to.deep.equal(
      workers.map((worker) => `arn:aws:lambda:us-east-1:123456789012:${worker}`),
    );
    const own = stand.made.actions("webhooks").filter((action) => !/^(logs|xray|ssm):/.test(action));
    expect(new Set(own)).to.deep.equal(new Set(["lambda:InvokeFunction"]));
  });

  it("sends failed webhook events to a dead-letter queue with an alarm", () => {
    for (const worker of ["resume", "ship"]) {
      expect(stand.made.named("Function", `orders-${worker}-function`)["deadLetterConfig"]).to.deep.equal({
        targetArn: "arn:aws:sqs:us-east-1:123456789012:orders-webhooks-failed",
      });
      expect(stand.made.actions(worker)).to.include("sqs:SendMessage");
      expect(stand.made.named("FunctionEventInvokeConfig", `orders-${worker}-calls`)).to.include({
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: 3_600,
      });
    }
  });
});

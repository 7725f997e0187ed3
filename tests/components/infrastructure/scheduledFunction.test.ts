import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { createFunctionSchedule } from "../../../components/infrastructure/scheduledFunction";
import { registerResources, statementsOf } from "../../kit/registeredResources";

describe("createFunctionSchedule", () => {
  const register = (minutes: number) =>
    registerResources((parent) => {
      createFunctionSchedule("sweep", { arn: pulumi.output("arn:function") }, minutes, parent);
    });

  it("invokes the function at its interval, without retries", async () => {
    const { only } = await register(5);
    expect(only("Schedule")).to.deep.include({
      scheduleExpression: "rate(5 minutes)",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: "arn:function",
        roleArn: "arn:sweep",
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    });
  });

  it("names one minute in the singular, as EventBridge requires", async () => {
    expect((await register(1)).only("Schedule")["scheduleExpression"]).to.equal("rate(1 minute)");
  });

  it("allows the schedule to invoke that function and nothing else", async () => {
    expect(statementsOf((await register(5)).only("RolePolicy")["policy"])).to.deep.equal([
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: "arn:function" },
    ]);
  });
});

import aslValidator from "asl-validator";
import { expect } from "chai";
import { rebuildIndexWorkflow } from "../../workflows/rebuildIndex";

const definition = rebuildIndexWorkflow({
  functionArn: "arn:aws:lambda:us-east-1:000000000000:function:rebuilder",
  waitBeforeCleaningSeconds: 70,
});

describe("rebuild workflow", () => {
  it("is a definition that Step Functions accepts", () => {
    const { isValid, errors } = aslValidator(definition);
    expect(isValid, JSON.stringify(errors)).to.equal(true);
  });

  it("repeats every step that fails, within limits and not in step with others", () => {
    const tasks = Object.values(definition.States).filter((state) => state.Type === "Task");
    expect(tasks).to.have.length(4);
    for (const state of tasks) {
      expect("Retry" in state && state.Retry).to.have.length(1);
      expect("Retry" in state && state.Retry[0]).to.include({ MaxAttempts: 8, JitterStrategy: "FULL" });
    }
  });

  it("deletes an index only after batches under way can't write to it any more", () => {
    expect(definition.States.Wait).to.deep.include({ Seconds: 70, Next: "Clean" });
  });
});

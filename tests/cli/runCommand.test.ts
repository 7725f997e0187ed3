import { expect } from "chai";
import sinon from "sinon";
import { runCommand } from "../../cli/runCommand";

describe("runCommand", () => {
  const { exitCode } = process;
  afterEach(() => {
    process.exitCode = exitCode;
    sinon.restore();
  });

  it("prints an error's sentence without its stack, and exits with 1", async () => {
    const printed = sinon.stub(console, "error");
    for (const error of [new Error("There is no stack."), "There is no stack."])
      runCommand(async () => Promise.reject(error));
    await new Promise(setImmediate);
    expect(printed.args).to.deep.equal([["There is no stack."], ["There is no stack."]]);
    expect(process.exitCode).to.equal(1);
  });

  it("leaves the exit code of a command that succeeds", async () => {
    runCommand(async () => {
      process.exitCode = 3;
    });
    await new Promise(setImmediate);
    expect(process.exitCode).to.equal(3);
  });
});

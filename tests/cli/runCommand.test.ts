import { writeFileSync } from "node:fs";
import { expect } from "chai";
import sinon from "sinon";
import { runCommand } from "../../cli/runCommand";

describe("runCommand", () => {
  const { exitCode } = process;
  afterEach(() => {
    process.exitCode = exitCode;
    sinon.restore();
  });
  const settled = () => new Promise(setImmediate);
  const command = { usage: "Usage: …", options: { data: { type: "string" }, all: { type: "boolean" } } } as const;

  it("passes options and words on", async () => {
    const main = sinon.fake.resolves(undefined);
    runCommand(command, main, ["show", "--data", "folder", "O-1", "--all"]);
    await settled();
    expect(main.args).to.deep.equal([[{ data: "folder", all: true }, ["show", "O-1"]]]);
  });

  it("prints an error's sentence without its stack, and exits with 1", async () => {
    const printed = sinon.stub(console, "error");
    for (const error of [new Error("There is no stack."), "There is no stack."])
      runCommand(command, async () => Promise.reject(error), []);
    await settled();
    expect(printed.args).to.deep.equal([["There is no stack."], ["There is no stack."]]);
    expect(process.exitCode).to.equal(1);
  });

  it("says what to do about a file that cannot be opened", async () => {
    const printed = sinon.stub(console, "error");
    runCommand(command, async () => writeFileSync("/nowhere/run.json", ""), []);
    await settled();
    const sentence = "The file /nowhere/run.json can't be opened (ENOENT): check its path and its permissions.";
    expect(printed.args).to.deep.equal([[sentence]]);
  });

  it("reports an unknown option in the same way", async () => {
    const printed = sinon.stub(console, "error");
    const main = sinon.fake.resolves(undefined);
    runCommand(command, main, ["--fast"]);
    await settled();
    expect(printed.args[0]?.[0]).to.match(/^Unknown option '--fast'/);
    expect([process.exitCode, main.callCount]).to.deep.equal([1, 0]);
  });

  for (const [what, args, needsWord, expected] of [
    ["--help", ["--help"], false, 0],
    ["-h after words", ["show", "-h"], true, 0],
    ["no word where one is needed", ["--all"], true, 1],
  ] as const) {
    it(`prints the usage for ${what}`, async () => {
      const printed = sinon.stub(console, "log");
      const main = sinon.fake.resolves(undefined);
      runCommand({ ...command, needsWord }, main, [...args]);
      await settled();
      expect(printed.args).to.deep.equal([["Usage: …"]]);
      expect([process.exitCode, main.callCount]).to.deep.equal([expected, 0]);
    });
  }

  it("leaves the exit code of a command that succeeds", async () => {
    runCommand(command, async () => {
      process.exitCode = 3;
    }, []);
    await settled();
    expect(process.exitCode).to.equal(3);
  });
});

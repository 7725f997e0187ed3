import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ProgramRunner, type Registration } from "../../../local/engine/program";
import { temporaryFolder } from "../../kit/temporaryFolder";

/** A host that creates whatever is registered. */
const host = {
  register: async ({ urn, inputs }: Registration) => ({ id: urn, outputs: inputs }),
  registerOutputs: () => undefined,
  invoke: async () => ({}),
};

describe("ProgramRunner", function () {
  this.timeout(120_000);

  it("runs a program again after a failure, although it exports no function", async () => {
    const runner = new ProgramRunner(join(__dirname, "programs", "faulty"));
    const run = (mode: string) =>
      runner.run({ stack: "dev", config: { "faulty:mode": mode }, host }).then(
        ({ answer }) => answer,
        ({ message }: Error) => message,
      );
    try {
      // `run` may be called before the run before it has ended.
      const runs = await Promise.all(["first", "missing setting", "second"].map(run));
      expect(runs).to.deep.equal([
        { mode: "first", list: [1] },
        'The setting "faulty:colour" is missing.',
        { mode: "second", list: [1] },
      ]);
    } finally {
      runner.stop();
    }
  });

  describe("with a program that uses rare parts of the SDK", () => {
    let outputs: Record<string, unknown>;
    let compiled: string;

    before(async () => {
      compiled = temporaryFolder("compiled");
      const { NODE_COMPILE_CACHE: before } = process.env;
      process.env["NODE_COMPILE_CACHE"] = compiled;
      const runner = new ProgramRunner(join(__dirname, "programs", "rarelyUsed"));
      try {
        outputs = await runner.run({ stack: "dev", host });
      } finally {
        runner.stop();
        if (before === undefined) delete process.env["NODE_COMPILE_CACHE"];
        else process.env["NODE_COMPILE_CACHE"] = before;
      }
    });

    it("loads them when the program uses them", () => {
      expect(outputs).to.deep.equal({
        before: [],
        workspace: "function",
        hasPackages: true,
        after: ["automation", "arborist"],
      });
    });

    it("leaves compiled code for the next start", () => {
      expect(readdirSync(compiled, { recursive: true })).to.have.length.above(500);
    });
  });
});

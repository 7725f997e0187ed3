import { join } from "node:path";
import { expect } from "chai";
import { ProgramRunner, type Registration } from "../../../local/engine/program";

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

  it("loads parts of the SDK that few programs use when a program uses them", async () => {
    const runner = new ProgramRunner(join(__dirname, "programs", "rarelyUsed"));
    try {
      expect(await runner.run({ stack: "dev", host })).to.deep.equal({
        before: [],
        workspace: "function",
        hasPackages: true,
        after: ["automation", "arborist"],
      });
    } finally {
      runner.stop();
    }
  });
});

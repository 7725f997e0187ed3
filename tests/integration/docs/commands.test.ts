import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect } from "chai";
import { commands, scripts } from "../../kit/documentedCommands";
import { useQuickStore } from "../../kit/quickStore";

const root = join(__dirname, "..", "..", "..");

/** Commands in an order that one store allows, each with a part of its output. */
const RUN: Record<string, RegExp> = {
  "npm run catalogue -- import catalogue/sample.jsonl":
    /^Imported \d+ rows: \d+ created, 0 changed, 0 unchanged, 0 invalid\.$/m,
  "npm run region -- status": /us-east-1[\s\S]*us-west-2/,
  "npm run region -- drain us-east-1": /^us-east-1 is drained/m,
  "npm run region -- move-home us-east-1 us-west-2": /Moved the home of \d+ products from us-east-1 to us-west-2/,
  "npm run region -- undrain us-east-1": /^us-east-1 is undrained/m,
  "npm run region -- add-stock arden-pour-electric-kettle-steel 40 --delivery D-1001 --from us-east-1":
    /^Added 40 units of arden-pour-electric-kettle-steel in us-east-1/m,
  "npm run region -- take-stock arden-pour-electric-kettle-steel 2 --delivery C-17 --from us-east-1":
    /^Took 2 units of arden-pour-electric-kettle-steel in us-east-1/m,
  "npm run region -- stock arden-pour-electric-kettle-steel": /us-east-1[\s\S]*\b38\b/,
  "npm run chaos -- kill us-east-1": /^us-east-1 .* dead/m,
};

/** Commands for the local run that are not run here. */
const ELSEWHERE: Record<string, string> = {
  "npm run catalogue -- export": "stands for the command with a file; tests/catalogue exports",
  "npm run region -- claim-stock us-east-1 us-west-2": "needs a Region that is lost for good; tests/cli/regions claims",
  "npm run rehearse-restore -- --by backup": "tests/cli/rehearseRestore.test.ts restores on an emulator",
};

describe("commands of the documentation for a running store", function () {
  this.timeout(300_000);
  let dataDir: string;

  before(async () => {
    ({ dataDir } = await useQuickStore());
  });

  it("are all listed", () => {
    const documented = commands
      .map(({ words }) => words)
      .filter(([program, , script = "", separator]) => program === "npm" && separator === "--" && isOperation(script))
      .filter((words) => words.length > 4 && !words.some((word) => /^--(stack|table)$|^[A-Z]+$|^products\./.test(word)))
      .map((words) => words.join(" "));
    expect([...new Set(documented)]).to.have.members([...Object.keys(RUN), ...Object.keys(ELSEWHERE)]);
  });
  const isOperation = (script: string) => ["catalogue", "region", "chaos", "rehearse-restore"].includes(script);

  /** Repeats a command that asks to wait, as an operator does. */
  async function whenReady<Result>(run: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries++) {
      try {
        return await run();
      } catch (error) {
        if (tries === 60 || !/wait a minute/.test((error as { stderr: string }).stderr)) throw error;
        await sleep(1_000);
      }
    }
  }

  for (const [command, output] of Object.entries(RUN)) {
    it(`work as documented: ${command}`, async () => {
      const [, , script = "", , ...words] = command.split(" ");
      const [program = "", ...options] = scripts[script]!.split(" ");
      const run = () => promisify(execFile)(program, [...options, ...words, "--data", dataDir], { cwd: root });
      const { stdout } = await whenReady(run);
      expect(stdout).to.match(output);
    });
  }
});

// Required by Mocha before the tests. Gives this process and its children a temporary folder of their own, and fails the run if a test
// leaves anything in it. A failure names the test during which the entry appeared.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { removeTemporaryFolders, strayEntries } from "../kit/temporaryFolder";

const own = mkdtempSync(join(tmpdir(), "stayopen-tests-"));
process.env["TMPDIR"] = own;
process.on("exit", () => rmSync(own, { recursive: true, force: true }));

const firstSeen = new Map<string, string>();

function look(during: string): void {
  for (const name of strayEntries()) if (!firstSeen.has(name)) firstSeen.set(name, during);
}

export const mochaHooks: Mocha.RootHookObject = {
  beforeAll(this: Mocha.Context) {
    look("while the test files were loaded");
    // Added here, it runs after the hooks that test files add to the root.
    this.test?.parent?.afterAll("leave no temporary files", function () {
      // Thousands of files of an installed package are removed slowly on a busy disk.
      this.timeout(600_000);
      look("after the last test");
      removeTemporaryFolders();
      const left = strayEntries().map((name) => `${name} (${firstSeen.get(name)})`);
      firstSeen.clear();
      for (const name of strayEntries()) rmSync(join(own, name), { recursive: true, force: true });
      if (left.length > 0)
        throw new Error(`Temporary files were left: ${left.join(", ")}. Use temporaryFolder() of tests/kit.`);
    });
  },
  afterEach(this: Mocha.Context) {
    const { file = "", title = "" } = this.currentTest ?? {};
    look(`${relative(process.cwd(), file)}: ${title}`);
  },
};

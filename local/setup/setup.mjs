// Installs what a bare clone lacks, and nothing that is there: node local/setup/setup.mjs [--browser] [--opensearch]
// Plain JavaScript for Node.js 20 or later, because it runs before anything is installed.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setUpBrowser } from "./browser.mjs";
import { setUpPackages } from "./packages.mjs";
import { setUpPython } from "./python.mjs";

const projectRoot = join(import.meta.dirname ?? ".", "..", "..");
const known = ["--browser", "--opensearch"];

/** One line for what takes its time. */
const progress = (line) => console.log(`Set-up: ${line}`);

async function main(flags) {
  const unknown = flags.find((flag) => !known.includes(flag));
  if (unknown) throw new Error(`Set-up does not know "${unknown}"; it knows ${known.join(" and ")}.`);
  await setUpPackages(projectRoot, progress);
  await setUpPython(projectRoot, progress);
  if (flags.includes("--browser")) await setUpBrowser(progress);
  if (flags.includes("--opensearch")) {
    // Loaded late: it may itself need what was just installed.
    const { installOpenSearch } = await import("../aws/search/opensearch/install.mjs");
    await installOpenSearch(progress);
  }
}

if (!existsSync(join(projectRoot, "package-lock.json"))) {
  console.error("Set-up: package-lock.json is missing; this is not a whole clone of the project.");
  process.exit(1);
}
main(process.argv.slice(2)).catch((error) => {
  console.error(`Set-up stopped: ${error.message}`);
  process.exit(1);
});

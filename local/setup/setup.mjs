// Installs what a bare clone lacks: node local/setup/setup.mjs [--browser] [--opensearch]
// Plain JavaScript for old versions of Node.js, because it runs before the packages install a newer one.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setUpBrowser } from "./browser.mjs";
import { setUpPackages } from "./packages.mjs";
import { setUpPython } from "./python.mjs";
import requireNode from "./requireNode.js";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));
const known = ["--browser", "--opensearch"];

const progress = (line) => console.log(`Set-up: ${line}`);

async function main(flags) {
  const unknown = flags.find((flag) => !known.includes(flag));
  if (unknown) throw new Error(`Set-up does not know "${unknown}"; it knows ${known.join(" and ")}.`);
  await setUpPackages(projectRoot, progress);
  // npm runs the next script with the packages' Node.js, if they include one.
  if (!requireNode.isOwnNodeInstalled()) requireNode.requireNode();
  await setUpPython(projectRoot, progress);
  if (flags.includes("--browser")) await setUpBrowser(progress);
  if (flags.includes("--opensearch")) {
    const { installOpenSearch } = await import("./openSearch.mjs");
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

/** `npm run list-untested`: source files that export behaviour and have no test of the same path. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..", "..");
const behaviour = /^export (async )?(function|const|class|abstract class) /m;
const sources = globSync("{catalogue,components,domain,workflows}/**/*.ts", { cwd: root })
  .filter((file) => !/(^|\/)index\.ts$|\.d\.ts$|node_modules/.test(file))
  .filter((file) => behaviour.test(readFileSync(join(root, file), "utf8")))
  .sort();
const untested = sources.filter((file) => !existsSync(join(root, "tests", file.replace(/\.ts$/, ".test.ts"))));

console.log(untested.join("\n"));
console.log(`${untested.length} of ${sources.length} files have no test of the same path.`);

import * as fs from "node:fs";
import * as path from "node:path";
import { type Preview, Refused, type Release, releaseOf } from "./plan";

/**
 * Commands for the scripts:
 *   plan FOLDER FILE          plans the release from the previews in FOLDER and writes it to FILE
 *   stack first|second FILE   prints the name of a production stack in the release's order
 */
function main([command, first = "", second = ""]: string[]): void {
  if (command === "plan") plan(first, second);
  else if (command === "stack") console.log(stackOf(first, readRelease(second)));
  else throw new Refused(`"${command ?? ""}" is no command. Use plan or stack.`);
}

function plan(folder: string, file: string): void {
  const previews = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => [path.basename(name, ".json"), read<Preview>(path.join(folder, name))] as const);
  const release = releaseOf(Object.fromEntries(previews));
  fs.writeFileSync(file, JSON.stringify(release, undefined, 2));
  console.log(`A release of kind "${release.kind}": ${release.first}, then ${release.second}.`);
  for (const change of release.shared) console.log(`  shared: ${change}`);
}

function stackOf(which: string, release: Release): string {
  if (which === "first" || which === "second") return release[which];
  throw new Refused(`"${which}" is no production stack. Use first or second.`);
}

function readRelease(file: string): Release {
  if (!fs.existsSync(file)) throw new Refused(`${file} does not exist. Run pipeline/preview.sh first.`);
  return read<Release>(file);
}

const read = <T>(file: string): T => JSON.parse(fs.readFileSync(file, "utf8") || "{}") as T;

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

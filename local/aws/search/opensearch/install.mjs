// Plain JavaScript: setup runs it before the project's packages are there.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const here = import.meta.dirname;
/** Where the jars and the compiled main class are. */
export const openSearchDirectory = resolve(here, "../../../../.stayopen/opensearch-2.19.6");
const marker = join(openSearchDirectory, "complete");

const HINT = "on Debian: apt-get install openjdk-17-jdk-headless maven";

/** Changes with whatever the installation is made from. */
const recipe = () =>
  ["pom.xml", "LocalNode.java", "log4j2.properties"].map((file) => readFileSync(join(here, file), "utf8")).join("");

/** Whether nothing is left to do. */
export function isInstalled() {
  return existsSync(marker) && readFileSync(marker, "utf8") === recipe();
}

/**
 * Fetches OpenSearch's jars from Maven Central (49 MB) and compiles the main class; quick when both are there.
 *
 * @param {(line: string) => void} progress told what happens, in short lines.
 * @throws {Error} one sentence that says what is missing and how to get it.
 */
export async function installOpenSearch(progress = () => {}) {
  if (isInstalled()) return;
  const java = spawnSync("javac", ["-version"], { encoding: "utf8" });
  const version = Number(/javac (\d+)/.exec(`${java.stdout ?? ""}${java.stderr ?? ""}`)?.[1] ?? 0);
  if (version < 17) {
    const found = version === 0 ? "none was found" : `version ${version} was found`;
    throw new Error(`A local OpenSearch needs a Java development kit, 17 or later, and ${found} (${HINT}).`);
  }
  if (spawnSync("mvn", ["-v"]).status !== 0) {
    throw new Error(`A local OpenSearch comes through Maven, which is not installed (${HINT}).`);
  }
  progress("fetching OpenSearch 2.19.6 from Maven Central (49 MB)");
  rmSync(openSearchDirectory, { recursive: true, force: true });
  const { code, output } = await run("mvn", [
    "-q",
    "-B",
    "--strict-checksums",
    "-f",
    join(here, "pom.xml"),
    "process-classes",
  ]);
  if (code !== 0) {
    const why = output.split("\n").find((line) => line.startsWith("[ERROR]")) ?? output.trim().split("\n").at(-1);
    throw new Error(`Maven could not fetch OpenSearch: ${why}`);
  }
  const stranger = strangerIn(join(openSearchDirectory, "lib"), readFileSync(join(here, "jars.sha256"), "utf8"));
  if (stranger !== undefined) {
    rmSync(openSearchDirectory, { recursive: true, force: true });
    throw new Error(
      `${stranger} is not the file that jars.sha256 names; OpenSearch is not installed. After a change of versions write the file anew: cd .stayopen/…/lib && sha256sum *.jar`,
    );
  }
  writeFileSync(marker, recipe());
}

/**
 * First jar that is not exactly as pinned, or is missing.
 *
 * @param {string} folder
 * @param {string} checksums lines of `sha256sum`.
 * @returns {string | undefined}
 */
export function strangerIn(folder, checksums) {
  const pinned = new Map(
    checksums
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  const there = readdirSync(folder).filter((name) => name.endsWith(".jar"));
  return (
    there.find(
      (name) =>
        pinned.get(name) !==
        createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex"),
    ) ?? [...pinned.keys()].find((name) => !there.includes(name))
  );
}

function run(command, args) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", failed);
    child.on("close", (code) => done({ code, output }));
  });
}

if (process.argv[1] === import.meta.filename) {
  await installOpenSearch((line) => console.log(line)).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}

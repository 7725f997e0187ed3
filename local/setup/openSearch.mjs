import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.mjs";

const sources = fileURLToPath(new URL("../aws/search/opensearch", import.meta.url));
/** Folder of the jars and the compiled main class. */
const openSearchDirectory = fileURLToPath(new URL("../../.stayopen/opensearch-2.19.6", import.meta.url));
const marker = join(openSearchDirectory, "complete");

const HINT = "on Debian: apt-get install openjdk-17-jdk-headless maven";

/** Source files of the installation; it is repeated when they change. */
const recipe = () =>
  ["pom.xml", "LocalNode.java", "log4j2.properties"].map((file) => readFileSync(join(sources, file), "utf8")).join("");

/** Throws if the Java command is missing or too old. */
function requireJava(command) {
  const { stdout, stderr } = spawnSync(command, ["-version"], { encoding: "utf8" });
  const version = Number(/(?:javac |version ")(?:1\.)?(\d+)/.exec(`${stdout}${stderr}`)?.[1] ?? 0);
  if (version >= 17) return;
  const found = version === 0 ? "is missing" : `has version ${version}`;
  throw new Error(`OpenSearch needs a Java development kit, version 17 or later, and ${command} ${found} (${HINT}).`);
}

/**
 * Fetches OpenSearch's jars from Maven Central (49 MB) and compiles the main class, if either is missing.
 *
 * @param {(line: string) => void} progress
 * @throws {Error} with one sentence that names the missing part and its installation.
 */
export async function installOpenSearch(progress) {
  requireJava("java");
  if (existsSync(marker) && readFileSync(marker, "utf8") === recipe()) return;
  requireJava("javac");
  if (spawnSync("mvn", ["-v"]).status !== 0) {
    throw new Error(`OpenSearch is fetched by Maven, and mvn is missing or does not run (${HINT}).`);
  }
  progress("fetching OpenSearch 2.19.6 from Maven Central (49 MB)");
  rmSync(openSearchDirectory, { recursive: true, force: true });
  const maven = ["-q", "-B", "--strict-checksums", "-f", join(sources, "pom.xml"), "process-classes"];
  await run("mvn", maven).catch((error) => {
    const why = error.output.split("\n").find((line) => line.startsWith("[ERROR]")) ?? error.lastLine;
    throw new Error(`Maven could not fetch OpenSearch: ${why}`);
  });
  const unpinned = findUnpinnedJar(
    join(openSearchDirectory, "lib"),
    readFileSync(join(sources, "jars.sha256"), "utf8"),
  );
  if (unpinned !== undefined) {
    rmSync(openSearchDirectory, { recursive: true, force: true });
    throw new Error(
      `${unpinned} does not match jars.sha256, so OpenSearch was not installed. After a change of versions, write that file again: cd .stayopen/…/lib && sha256sum *.jar`,
    );
  }
  writeFileSync(marker, recipe());
}

/**
 * Finds the first jar that is missing, or differs from its pinned checksum.
 *
 * @param {string} folder
 * @param {string} checksums lines of `sha256sum`.
 * @returns {string | undefined}
 */
export function findUnpinnedJar(folder, checksums) {
  const pinned = new Map(
    checksums
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  const present = readdirSync(folder).filter((name) => name.endsWith(".jar"));
  return (
    present.find(
      (name) =>
        pinned.get(name) !==
        createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex"),
    ) ?? [...pinned.keys()].find((name) => !present.includes(name))
  );
}

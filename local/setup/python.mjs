import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";

/** Required by pycparser, a package of the emulators. */
const oldest = [3, 11];

/**
 * Creates the emulators' Python environment, `.stayopen/venv`, if it is missing or has other versions. It is built under another
 * name and then renamed: an interrupted set-up leaves no partial environment.
 *
 * @param {string} projectRoot
 * @param {(line: string) => void} progress
 */
export async function setUpPython(projectRoot, progress) {
  // The developer provides an environment.
  if (process.env.STAYOPEN_VENV) return;
  const requirements = join(projectRoot, "local", "aws", "emulator", "requirements.txt");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  const venv = join(projectRoot, ".stayopen", "venv");
  const marker = join(venv, "requirements.sha256");
  if (existsSync(join(venv, "bin", "python")) && existsSync(marker) && readFileSync(marker, "utf8") === wanted) return;

  const python = await findPython();
  progress("making the Python environment of the emulators, about half a minute …");
  const folder = join(projectRoot, ".stayopen");
  const unfinished = join(folder, `venv.${process.pid}`);
  mkdirSync(folder, { recursive: true });
  // Remains of interrupted set-ups.
  for (const name of readdirSync(folder)) {
    if (/^venv\.\d+$/.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
  try {
    await run(python, ["-m", "venv", unfinished]);
    const pip = "-m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes".split(" ");
    await run(join(unfinished, "bin", "python"), [...pip, "-r", requirements]);
    writeFileSync(join(unfinished, "requirements.sha256"), wanted);
    rmSync(venv, { recursive: true, force: true });
    renameSync(unfinished, venv);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (error.isOffline)
      throw new Error(
        "the emulators' Python packages are missing and PyPI cannot be reached: check the network and start again.",
      );
    throw new Error(`the Python environment could not be created (${error.lastLine ?? error.message}).`);
  }
}

/** Finds a Python that is new enough and can create environments. */
async function findPython() {
  const candidates = [process.env.STAYOPEN_PYTHON, "python3", "python"].filter(Boolean);
  const probe = "import sys; print(*sys.version_info[:2]); import venv, ensurepip";
  let reason = `Python ${oldest.join(".")} or later is missing: install it (on Debian: apt-get install python3 python3-venv).`;
  for (const candidate of candidates) {
    try {
      const [major, minor] = (await run(candidate, ["-c", probe], { timeoutMs: 20_000 })).trim().split(" ").map(Number);
      if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return candidate;
      reason = `Python ${major}.${minor} is too old: install Python ${oldest.join(".")} or later.`;
    } catch (error) {
      if (/No module named '?(venv|ensurepip)/.test(error.output ?? "")) {
        reason = `${candidate} has no venv module: install it (on Debian: apt-get install python3-venv).`;
      }
    }
  }
  throw new Error(reason);
}

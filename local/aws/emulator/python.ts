import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** The project's root folder. */
export const projectRoot = resolve(__dirname, "..", "..", "..");

/** Python of the emulators' virtual environment: `.stayopen/venv`, or the folder in `STAYOPEN_VENV`. */
export function emulatorPython(): string {
  const venv = process.env["STAYOPEN_VENV"] ?? join(projectRoot, ".stayopen", "venv");
  const python = join(venv, "bin", "python");
  if (!existsSync(python)) {
    throw new Error(`The emulators' Python environment is missing: ${venv} does not exist. Run "npm run setup" first.`);
  }
  return python;
}

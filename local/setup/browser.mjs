import { existsSync } from "node:fs";
import { run } from "./run.mjs";

/** The first that exists is the browser tests' (tests/browser/browser.ts). The shell is Chromium without windows and their pages. */
const shell = "/usr/bin/chromium-headless-shell";
const full = "/usr/bin/chromium";
/** A server of packages that does not answer may not cost longer than the shell spares. Milliseconds. */
const SPARED_MS = 120_000;

/**
 * Installs Debian's Chromium for the browser tests: the headless shell, which takes less than half the processor time, or the whole
 * browser where there is no such package. A whole browser is enough where nothing can be installed.
 *
 * @param {(line: string) => void} progress
 * @param {{ exists(path: string): boolean, install(name: string, timeoutMs?: number): Promise<void>, mayInstall: boolean, named?: string }} machine
 */
export async function setUpBrowser(progress, machine = thisMachine()) {
  const { exists, install, mayInstall, named } = machine;
  if (exists(named ?? shell)) return;
  const hint = "install Chromium, or name one in CHROMIUM (on Debian: apt-get install chromium-headless-shell)";
  if (named !== undefined) throw new Error(`${named} does not exist: ${hint}.`);
  if (!mayInstall) {
    if (exists(full)) return;
    throw new Error(`the browser tests need a browser: ${hint}.`);
  }
  progress("installing Chromium for the browser tests, about a minute …");
  try {
    await install("chromium-headless-shell", exists(full) ? SPARED_MS : undefined);
  } catch (error) {
    if (exists(full)) {
      progress(`the tests use ${full}, because chromium-headless-shell could not be installed (${error.lastLine})`);
      return;
    }
    await install("chromium").catch((failure) => {
      throw new Error(`Chromium could not be installed (${failure.lastLine}): ${hint}.`);
    });
  }
}

function thisMachine() {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return {
    exists: existsSync,
    named: process.env.CHROMIUM,
    mayInstall: process.getuid?.() === 0 && existsSync("/usr/bin/apt-get"),
    async install(name, timeoutMs) {
      await run("apt-get", ["update", "-qq"], { env, timeoutMs });
      // Without the limit: interrupted, it would leave a half-installed package.
      await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], { env });
    },
  };
}

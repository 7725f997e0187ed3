import { existsSync } from "node:fs";
import { run } from "./run.mjs";

/** Same path as in the browser tests. */
const browser = process.env.CHROMIUM ?? "/usr/bin/chromium";

/**
 * Installs Debian's Chromium if there is no browser.
 *
 * @param {(line: string) => void} progress
 */
export async function setUpBrowser(progress) {
  if (existsSync(browser)) return;
  const hint = "install Chromium, or name one in CHROMIUM (on Debian: apt-get install chromium)";
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get"))
    throw new Error(`the browser tests need a browser: ${hint}.`);
  progress("installing Chromium for the browser tests, about a minute …");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await run("apt-get", ["update", "-qq"], { env });
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], { env });
  } catch (error) {
    throw new Error(`Chromium could not be installed (${error.lastLine}): ${hint}.`);
  }
}

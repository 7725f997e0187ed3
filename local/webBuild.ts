import { execFile } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** Builds the storefront if the build is missing or older than its sources. Returns true if it did. */
export async function buildWeb(directory: string): Promise<boolean> {
  const web = join(directory, "web");
  if (!existsSync(join(web, "vite.config.mts"))) return false;
  const page = join(web, "dist", "index.html");
  // Written last.
  const renderer = join(web, "renderer", "dist", "renderPage.js");
  const sources = [web, join(directory, "domain")];
  if (existsSync(renderer) && existsSync(page) && newest(sources) <= statSync(page).mtimeMs) return false;
  const vite = join(directory, "node_modules", ".bin", "vite");
  try {
    await promisify(execFile)(vite, ["build", "web", "--logLevel", "error"], { cwd: directory, timeout: 120_000 });
  } catch (error) {
    throw new Error(`The storefront could not be built: ${error instanceof Error ? error.message.trim() : error}`);
  }
  return true;
}

function newest(folders: string[]): number {
  let latest = 0;
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === "dist" || entry.name === "node_modules") continue;
      const path = join(folder, entry.name);
      latest = Math.max(latest, entry.isDirectory() ? newest([path]) : statSync(path).mtimeMs);
    }
  }
  return latest;
}

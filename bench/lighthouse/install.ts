import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { projectRoot } from "../../local/aws/emulator/python";

/** Too large (176 MB) for everyone's packages, so it is installed by the benchmark that needs it. */
const VERSION = "13.5.0";

/** The parts of Lighthouse's result that are read. */
export interface Report {
  categories: Record<string, { score: number | null }>;
  audits: Record<
    string,
    { score: number | null; numericValue?: number; title: string; details?: { items?: unknown[] } }
  >;
}

export interface Lighthouse {
  /** Measures a page in the browser that listens on the port, as a phone on a slow network that Lighthouse simulates. */
  measure(url: string, port: number): Promise<Report>;
  /** Starts a browser. */
  launch(options: { chromePath: string; chromeFlags: string[] }): Promise<{ port: number; kill(): void }>;
}

/** Loads Lighthouse. Installs it below `.stayopen/` the first time. */
export async function loadLighthouse(): Promise<Lighthouse> {
  const folder = resolve(projectRoot, ".stayopen", `lighthouse-${VERSION}`);
  const packages = join(folder, "node_modules");
  if (!existsSync(join(packages, "lighthouse", "package.json"))) await install(folder);
  const load = (file: string) => import(pathToFileURL(join(packages, file)).href);
  const { default: lighthouse } = (await load("lighthouse/core/index.js")) as {
    default(url: string, flags: object): Promise<{ lhr: Report } | undefined>;
  };
  const { launch } = (await load("chrome-launcher/dist/index.js")) as Pick<Lighthouse, "launch">;
  return {
    launch,
    async measure(url, port) {
      const result = await lighthouse(url, { port, logLevel: "error" });
      if (!result) throw new Error(`Lighthouse has no result for ${url}.`);
      return result.lhr;
    },
  };
}

async function install(folder: string): Promise<void> {
  console.error(`Installing Lighthouse ${VERSION} (176 MB) in ${folder}, about a minute …`);
  mkdirSync(folder, { recursive: true });
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix", folder];
  try {
    await promisify(execFile)("npm", ["install", ...options, `lighthouse@${VERSION}`], {
      cwd: folder,
      timeout: 600_000,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new Error(`Lighthouse could not be installed: ${reason}. Check the network and start again.`);
  }
}

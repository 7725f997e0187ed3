import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { version } from "esbuild";
import { GENERATED } from "./awsSdk";
import type { Compiled, Module } from "./compile";

/** Entry of the cache: valid as long as each file that went into the bundle is unchanged. */
interface Kept {
  hash: string;
  bytes: number;
  digests: Record<string, string>;
}

/**
 * Remembers which bundle was built from which input. The key is the closure's text and what it is built with; the files it imports
 * are compared by content each time. A broken or missing entry only costs a build.
 */
export class Cache {
  /**
   * @param recipe identifies how bundles are built. Default: the content of this folder, so that no bundle outlives a changed option
   * or plugin.
   */
  public constructor(
    private readonly directory: string,
    private readonly root: string,
    private readonly recipe = digestOfBuilder(),
  ) {}

  public async get(module: Module, options: string[]): Promise<Pick<Kept, "hash" | "bytes"> | undefined> {
    const kept = await fs.readFile(this.file(module, options), "utf8").then(
      (text) => JSON.parse(text) as Kept,
      () => undefined,
    );
    if (!kept) return undefined;
    for (const [input, digest] of Object.entries(kept.digests))
      if (digestOf(path.resolve(this.root, input)) !== digest) return undefined;
    return kept;
  }

  public async put(
    module: Module,
    options: string[],
    { inputs, ...made }: Pick<Kept, "hash" | "bytes"> & Pick<Compiled, "inputs">,
  ): Promise<void> {
    const digests: Record<string, string> = {};
    for (const input of [...inputs.filter((i) => !GENERATED_MODULE.test(i)), ...RESOLUTION_FILES])
      digests[input] = digestOf(path.resolve(this.root, input));
    await fs.mkdir(this.directory, { recursive: true });
    await replaceFile(this.file(module, options), JSON.stringify({ ...made, digests } satisfies Kept));
  }

  private file({ text, map }: Module, options: string[]): string {
    const key = JSON.stringify([version, this.recipe, this.root, options, text, map]);
    return path.join(this.directory, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);
  }
}

/** Modules without a file. */
const GENERATED_MODULE = new RegExp(`^(closure|import-meta-url|${GENERATED.join("|")}):`);

/** Files that decide which file an import means, without being bundled. */
const RESOLUTION_FILES = ["package.json", "tsconfig.json", "node_modules/.package-lock.json"];

/** SHA-256 of the files that build bundles. */
function digestOfBuilder(): string {
  const files = readdirSync(__dirname).filter((file) => /(?<!\.d)\.[jt]s$/.test(file));
  return files
    .sort()
    .map((file) => digestOf(path.join(__dirname, file)))
    .join();
}

const digests = new Map<string, { stamp: string; digest: string }>();
let recent: Map<string, string> | undefined;

/** Functions bundled at the same time share most of their files: each file is checked once in this time. */
const RECENT_MS = 100;

/** SHA-256 of a file, read again only when its time or size has changed; empty if there is no file. */
function digestOf(file: string): string {
  if (!recent) {
    recent = new Map();
    setTimeout(() => {
      recent = undefined;
    }, RECENT_MS).unref();
  }
  let digest = recent.get(file);
  if (digest === undefined) {
    digest = readDigest(file);
    recent.set(file, digest);
  }
  return digest;
}

// Synchronous: reading thousands of small files through the thread pool takes several times the processor time.
function readDigest(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return "";
  const stamp = `${stat.mtimeMs} ${stat.size}`;
  const known = digests.get(file);
  if (known?.stamp === stamp) return known.digest;
  const digest = createHash("sha256").update(readFileSync(file)).digest("base64");
  digests.set(file, { stamp, digest });
  return digest;
}

/** Writes a file under another name first, because another process may be reading or writing it. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const unfinished = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await fs.writeFile(unfinished, content);
  await fs.rename(unfinished, file);
}

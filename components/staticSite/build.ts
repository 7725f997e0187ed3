import { readdirSync, statSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { contentType } from "mime-types";

/** A file of the storefront's build, and how it is to be served. */
export interface BuiltFile {
  /** Path on this machine. */
  file: string;
  /** Path below the site's root, with forward slashes. */
  path: string;
  contentType: string;
  cacheControl: string;
  /** Its name changes with its content, so it never has to be asked for again, and older pages may still ask for it. */
  hashed: boolean;
}

/** The object that the component writes itself. */
export const SETTINGS_PATH = "config.json";

/** A browser keeps it, but asks each time whether it is still the newest. */
export const REVALIDATE = "no-cache";
/** Pictures without a hash in their name: an hour-old one is still right, and is shown while the new one is fetched. */
const FOR_AN_HOUR = "public, max-age=3600, stale-while-revalidate=86400";
const FOR_EVER = "public, max-age=31536000, immutable";

/** Vite puts there what it names by content, and nothing else. */
const HASHED_FOLDER = "assets/";

/** A folder that is no build of the storefront. */
export class UnusableBuildError extends Error {
  constructor(
    readonly state: string,
    readonly rule: string,
  ) {
    super(`The build ${state}; it must ${rule}.`);
  }
}

const CREATE = "have a built storefront; run: npm run build:web";

/**
 * Lists the files of a build by path.
 *
 * @throws {UnusableBuildError} without a build, without a page in it, or with a file that the component writes itself.
 */
export function listFiles(directory: string): BuiltFile[] {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UnusableBuildError("does not exist", CREATE);
  }
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => described(file, relative(directory, file).split(sep).join(posix.sep)))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  if (!files.some(({ path }) => path === "index.html")) {
    throw new UnusableBuildError("has no index.html", CREATE);
  }
  if (files.some(({ path }) => path === SETTINGS_PATH)) {
    throw new UnusableBuildError(`has a ${SETTINGS_PATH}`, "have none: the component writes it from `settings`");
  }
  return files;
}

function described(file: string, path: string): BuiltFile {
  const hashed = path.startsWith(HASHED_FOLDER);
  const type = contentType(posix.basename(path)) || "application/octet-stream";
  return {
    file,
    path,
    contentType: type,
    cacheControl: hashed ? FOR_EVER : type.startsWith("image/") ? FOR_AN_HOUR : REVALIDATE,
    hashed,
  };
}

/** The folders at the build's root: what a path below one of them names is a file, and never the page. */
export function listFolders(files: readonly BuiltFile[]): string[] {
  const nested = files.filter(({ path }) => path.includes("/"));
  return [...new Set(nested.map(({ path }) => path.slice(0, path.indexOf("/"))))];
}

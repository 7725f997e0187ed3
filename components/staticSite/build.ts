import { readdirSync, statSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { contentType } from "mime-types";

/** File of the storefront's build, and its headers. */
export interface BuiltFile {
  /** Path on this machine. */
  file: string;
  /** Path below the site's root, with forward slashes. */
  path: string;
  contentType: string;
  cacheControl: string;
  /** The name contains a hash of the content: browsers may cache it for ever, and older pages may still request it. */
  hashed: boolean;
}

/** The object that the component writes itself. */
export const SETTINGS_PATH = "config.json";

/** Browsers cache the file and revalidate it on each use. */
export const REVALIDATE = "no-cache";
/** Images without a hashed name: valid for an hour, then shown while the new one is fetched. */
const FOR_AN_HOUR = "public, max-age=3600, stale-while-revalidate=86400";
const FOR_EVER = "public, max-age=31536000, immutable";

/** Vite's folder for files with hashed names. */
const HASHED_FOLDER = "assets/";

/** Thrown for a folder that is not a build of the storefront. */
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

/** Lists the folders at the build's root. A path below one of them is a file, never the page. */
export function listFolders(files: readonly BuiltFile[]): string[] {
  const nested = files.filter(({ path }) => path.includes("/"));
  return [...new Set(nested.map(({ path }) => path.slice(0, path.indexOf("/"))))];
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";

/** Files of the page, by path. The script includes the rules of `domain/` that the page uses. */
export const pageFiles: Record<string, { type: string; read: () => string }> = {
  "/": { type: "text/html", read: () => readPage("page.html") },
  "/page.css": { type: "text/css", read: () => readPage("page.css") },
  "/page.js": { type: "text/javascript", read: bundlePage },
};

const readPage = (name: string) => readFileSync(join(__dirname, "page", name), "utf8");

let bundle: string | undefined;

/** Bundles the page when it is first opened, so that the store's start does not wait for it. */
function bundlePage(): string {
  bundle ??= buildSync({
    entryPoints: [join(__dirname, "page", "main.tsx")],
    bundle: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    write: false,
  }).outputFiles[0]!.text;
  return bundle;
}

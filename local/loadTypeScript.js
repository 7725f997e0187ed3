// Loads TypeScript files as ts-node does in its transpile-only mode, and remembers the result: transpiling the program again at
// each start costs more than everything else together. Plain JavaScript, because it is what loads the rest:
// node -r ./local/loadTypeScript.js FILE.ts
"use strict";

if (Number(process.versions.node.split(".")[0]) < 22) {
  console.error(
    `Node ${process.versions.node} is too old: Node 22 or later is needed. Install it, or run "npm ci" without --ignore-scripts, which brings Node along.`,
  );
  process.exit(1);
}

const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join, resolve } = require("node:path");

const projectRoot = resolve(__dirname, "..");
const cacheFolder = join(projectRoot, ".stayopen", "compiled");

/** What the output depends on besides the file: the compilers, and their settings. */
function recipe() {
  const versions = ["ts-node", "typescript"].map(
    (name) => require(join(projectRoot, "node_modules", name, "package.json")).version,
  );
  const settings = [join(process.cwd(), "tsconfig.json"), join(projectRoot, "tsconfig.json")].map((file) => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return "";
    }
  });
  return JSON.stringify([...versions, ...settings, process.cwd()]);
}

const key = recipe();
let compiler;

/** ts-node itself, loaded for the first file that is not remembered. */
function compile(source, file) {
  if (compiler === undefined) compiler = require("ts-node").create({ transpileOnly: true, cwd: process.cwd() });
  return compiler.compile(source, file);
}

function output(file) {
  const source = readFileSync(file, "utf8");
  const name = createHash("sha256").update(`${key}\0${file}\0${source}`).digest("hex");
  const cached = join(cacheFolder, `${name}.js`);
  try {
    return readFileSync(cached, "utf8");
  } catch {
    const compiled = compile(source, file);
    mkdirSync(cacheFolder, { recursive: true });
    const temporary = `${cached}.${process.pid}`;
    writeFileSync(temporary, compiled);
    renameSync(temporary, cached);
    return compiled;
  }
}

Module.enableCompileCache?.(join(cacheFolder, "v8"));
Module._extensions[".ts"] = (module, file) => module._compile(output(file), file);

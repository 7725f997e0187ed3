// Loads TypeScript files as ts-node does in its transpile-only mode, and caches the output: transpiling the program costs more than
// the rest of a start. Plain JavaScript, because it loads the rest: node -r ./local/loadTypeScript.js FILE.ts
"use strict";

require("./setup/requireNode").requireNode();

const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join, resolve } = require("node:path");

const projectRoot = resolve(__dirname, "..");
const cacheFolder = join(projectRoot, ".stayopen", "compiled");

/** Input of the output besides the file: the compilers and their settings. */
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

/** Compiles with ts-node, which is loaded for the first file that is not cached. */
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

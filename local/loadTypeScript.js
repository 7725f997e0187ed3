// Loads TypeScript files as ts-node does in its transpile-only mode, and caches the output: transpiling the program costs more than
// the rest of a start. Plain JavaScript, because it loads the rest: node -r ./local/loadTypeScript.js FILE.ts
"use strict";

require("./setup/requireNode").requireNode();

const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, resolve } = require("node:path");

const projectRoot = resolve(__dirname, "..");
const cacheFolder = join(projectRoot, ".stayopen", "compiled");

/** Finds the settings of the program in the working directory: its own `tsconfig.json`, else that of a folder above, else ours. */
function findSettings(folder = process.cwd()) {
  const file = join(folder, "tsconfig.json");
  if (existsSync(file)) return file;
  return dirname(folder) === folder ? join(projectRoot, "tsconfig.json") : findSettings(dirname(folder));
}

/** Input of a file's output besides the file: the compiler and the settings of the program in the working directory. */
function recipe() {
  const { version } = require(join(projectRoot, "node_modules", "typescript", "package.json"));
  const file = findSettings();
  // Settings may extend the project's.
  const settings = [file, join(projectRoot, "tsconfig.json")].map((one) => readFileSync(one, "utf8"));
  return JSON.stringify([version, file, ...settings]);
}

const key = recipe();
let compiler;

/** Loads TypeScript for the first file that is not cached. ts-node itself would replace the stack traces of the whole process. */
function startCompiler() {
  const ts = require("typescript");
  const file = findSettings();
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  // Which files the settings include is of no interest here, and slow to find out.
  const host = { ...ts.sys, readDirectory: () => [] };
  const { options } = ts.parseJsonConfigFileContent(config, host, dirname(file));
  return (source, fileName) => {
    const { outputText, sourceMapText } = ts.transpileModule(source, {
      fileName,
      compilerOptions: { ...options, noEmit: false, sourceMap: true, inlineSources: true },
    });
    const { sourceRoot: _empty, ...map } = JSON.parse(sourceMapText);
    const text = JSON.stringify({ ...map, file: fileName, sources: [fileName] });
    const url = `data:application/json;charset=utf-8;base64,${Buffer.from(text).toString("base64")}`;
    return outputText.replace(/(\/\/# sourceMappingURL=).*\s*$/, (_, start) => start + url);
  };
}

function compile(source, file) {
  compiler ??= startCompiler();
  return compiler(source, file);
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

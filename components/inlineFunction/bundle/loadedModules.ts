import { builtinModules } from "node:module";

/** A module or one of its exports, found by identity. */
export interface Origin {
  file: string;
  /** `namespace`: `import * as x`; `require`: the module's exports as they are; otherwise the name of one export. */
  what: "namespace" | "require" | { member: string };
}

let loaded: { files: number; origins: Map<unknown, Origin> } | undefined;

/** Exports of all modules of this process that a bundle can import. Searched again when more files have been loaded. */
export function findLoadedModules(): ReadonlyMap<unknown, Origin> {
  const files = Object.keys(require.cache).length;
  if (loaded?.files !== files) {
    const origins = new Map<unknown, Origin>();
    addBuiltins(origins);
    addLoadedFiles(origins);
    loaded = { files, origins };
  }
  return loaded.origins;
}

function addBuiltins(origins: Map<unknown, Origin>): void {
  const globals = new Set(
    Object.values(Object.getOwnPropertyDescriptors(globalThis)).map(({ value }) => value as unknown),
  );
  const names = builtinModules.filter((n) => !n.startsWith("_") && !DEPRECATED_BUILTINS.has(n));
  // Shortest first: `fs` before `fs/promises`, so that an export found in both is taken from the more common one.
  names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  for (const name of names) {
    const exports: unknown = require(name);
    const file = `node:${name.replace(/^node:/, "")}`;
    if (!isReference(exports)) continue;
    if (!origins.has(exports)) origins.set(exports, { file, what: "require" });
    for (const [member, { value }] of Object.entries(Object.getOwnPropertyDescriptors(exports)))
      if (typeof value === "function" && !globals.has(value) && !origins.has(value) && isIdentifier(member))
        origins.set(value, { file, what: { member } });
  }
}

function addLoadedFiles(origins: Map<unknown, Origin>): void {
  const tainted = filesThatLoadPulumi();
  const members: [unknown, Origin][] = [];
  for (const [file, module] of Object.entries(require.cache)) {
    const exports: unknown = module?.exports;
    if (!module?.loaded || tainted.has(file) || !isReference(exports) || origins.has(exports)) continue;
    if ((exports as { deploymentOnlyModule?: unknown }).deploymentOnlyModule === true) continue;
    origins.set(exports, { file, what: typeof exports === "function" ? "require" : "namespace" });
    if (typeof exports !== "object") continue;
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(exports))) {
      const value: unknown = "value" in property ? property.value : undefined;
      if (isWorthImporting(value)) members.push([value, { file, what: { member: name } }]);
    }
  }
  // An export of several files is imported from the same one on every machine.
  members.sort(([, a], [, b]) => a.file.length - b.file.length || (a.file < b.file ? -1 : 1));
  for (const [value, origin] of members) if (!origins.has(value)) origins.set(value, origin);
}

const DEPRECATED_BUILTINS = new Set(["punycode", "sys", "wasi"]);

const isIdentifier = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name);

/** Functions, classes and instances are imported; plain data is copied just as well. */
function isWorthImporting(value: unknown): boolean {
  if (typeof value === "function") return !/\[native code\]/.test(Function.prototype.toString.call(value));
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null;
}

/** Loaded files that belong to Pulumi or load it, directly or through others. */
function filesThatLoadPulumi(): Set<string> {
  const parents = new Map<string, string[]>();
  const tainted = new Set<string>();
  const queue: string[] = [];
  for (const [file, module] of Object.entries(require.cache)) {
    for (const { id } of module?.children ?? []) {
      const known = parents.get(id);
      if (known) known.push(file);
      else parents.set(id, [file]);
    }
    if (/[\\/]node_modules[\\/]@pulumi[\\/]/.test(file)) queue.push(file);
  }
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (tainted.has(file)) continue;
    tainted.add(file);
    queue.push(...(parents.get(file) ?? []));
  }
  return tainted;
}

/** Does the value have an identity? */
export function isReference(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

import Module, { createRequire } from "node:module";

/** A CommonJS module by the name under which another file imports it. */
export interface Import {
  /** Absolute path of the importing file. */
  from: string;
  name: string;
}

/**
 * Runs `load` while the given imports yield stand-ins, each of which loads its module when one of its exports is first used. An import
 * that does not exist is left out.
 *
 * The importing code must have been compiled by TypeScript or alike: a stand-in has `__esModule`, so that it is used as it is.
 */
export function deferImports<T>(imports: readonly Import[], load: () => T): T {
  const deferred = imports.flatMap(({ from, name }) => {
    const importing = createRequire(from);
    const file = resolved(importing, name);
    return file === undefined || file in require.cache ? [] : [{ file, load: () => importing(file) as object }];
  });
  for (const { file, load: loadFile } of deferred) {
    const standIn = new Module(file);
    Object.assign(standIn, { filename: file, loaded: true, exports: standInFor(loadFile) });
    require.cache[file] = standIn;
  }
  try {
    return load();
  } finally {
    for (const { file } of deferred) delete require.cache[file];
  }
}

function resolved(importing: NodeJS.Require, name: string): string | undefined {
  try {
    return importing.resolve(name);
  } catch {
    return undefined;
  }
}

function standInFor(load: () => object): object {
  let module: object | undefined;
  const exports = () => {
    module ??= load();
    return module;
  };
  return new Proxy(
    {},
    {
      get: (_, key) => key === "__esModule" || Reflect.get(exports(), key),
      has: (_, key) => Reflect.has(exports(), key),
      ownKeys: () => Reflect.ownKeys(exports()),
      // A proxy of an empty object may report configurable properties only.
      getOwnPropertyDescriptor: (_, key) => {
        const property = Reflect.getOwnPropertyDescriptor(exports(), key);
        return property && { ...property, configurable: true };
      },
    },
  );
}

/** The part of a browser's storage that the page uses. */
export interface BrowserStorage extends Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  keys(): string[];
}

/**
 * Opens one of the browser's storages. Where the visitor forbids them the name alone throws, and a full one refuses to write: the value
 * then lasts as long as the page.
 */
function open(find: () => Storage | null): BrowserStorage {
  const unwritten = new Map<string, string>();
  const attempt = <Result>(action: (storage: Storage) => Result): Result | undefined => {
    try {
      const storage = find();
      return storage ? action(storage) : undefined;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return undefined;
    }
  };
  const write = (key: string, value: string) =>
    attempt((storage) => {
      storage.setItem(key, value);
      return true;
    });
  return {
    getItem: (key) => unwritten.get(key) ?? attempt((storage) => storage.getItem(key)) ?? null,
    setItem: (key, value) => {
      if (write(key, value)) unwritten.delete(key);
      else unwritten.set(key, value);
    },
    removeItem: (key) => {
      unwritten.delete(key);
      attempt((storage) => storage.removeItem(key));
    },
    keys: () => [...unwritten.keys(), ...(attempt((storage) => Object.keys(storage)) ?? [])],
  };
}

/** Lasts over visits, and is shared by tabs. */
export const browserStorage = open(() => localStorage);

/** Lasts as long as the tab, over reloads. */
export const tabStorage = open(() => sessionStorage);

/** Reads a value that is kept as JSON; `undefined` without one, and for a text that is no JSON. */
export function readKept<Value>(storage: BrowserStorage, key: string): Value | undefined {
  try {
    return JSON.parse(storage.getItem(key) ?? "null") ?? undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

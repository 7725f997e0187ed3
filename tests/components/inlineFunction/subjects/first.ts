import * as codec from "node:path";

/** Imports a module under a name that another file uses for another module. */
export const lastPart = (path: string): string => codec.basename(path);

import * as codec from "node:path";

/** Uses a module under the name that another file gives to another module. */
export const lastPart = (path: string): string => codec.basename(path);

/** The functions by name, with the time-outs that a program may set. */
export const SEARCH_FUNCTIONS = {
  search: [10, 29],
  productRead: [10, 29],
  productWrite: [15, 29],
  pages: [10, 29],
  indexer: "fixed",
  rebuild: "fixed",
} as const;

/** Names of the functions. */
export type SearchFunction = keyof typeof SEARCH_FUNCTIONS;

export { MAX_QUANTITY } from "../catalogue/limits";

/** Largest number of lines in an order. */
export const MAX_LINES = 50;

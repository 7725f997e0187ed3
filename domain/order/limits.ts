export { MAX_QUANTITY } from "../catalogue/product";

/** Largest number of lines in an order. */
export const MAX_LINES = 50;

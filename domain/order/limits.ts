export { MAX_QUANTITY } from "../catalogue/product";

/** Largest number of lines in an order. */
export const MAX_LINES = 50;

/** Products of an order that lists of orders name: enough to recognize it. */
export const LISTED_PRODUCTS = 3;

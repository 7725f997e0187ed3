/** An order has at most so many lines. */
export const MAX_LINES = 50;

/** A line has at most so many pieces. */
export const MAX_QUANTITY = 99;

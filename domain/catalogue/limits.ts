/** Largest quantity of one product in an order line. */
export const MAX_QUANTITY = 99;

export * from "./currencies";
export * from "./formatMoney";
export * from "./stripeAmounts";

export * from "./currencies";
export * from "./formatMoney";
export * from "./majorUnits";
export * from "./stripeAmounts";

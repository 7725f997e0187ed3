export * from "./currencies";
export * from "./formatMoney";

export * from "./share";
export * from "./shortage";
export * from "./transfers";

export * from "./deliveries";
export * from "./share";
export * from "./shortage";
export * from "./shown";
export * from "./transfers";
export * from "./view";

export * from "./decisions";
export * from "./items";
export * from "./paths";
export * from "./probes";
export * from "./timings";

export * from "./decisions";
export * from "./items";
export * from "./probes";
export * from "./timings";

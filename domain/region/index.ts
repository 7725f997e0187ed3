export * from "./decisions";
export * from "./items";
export * from "./timings";

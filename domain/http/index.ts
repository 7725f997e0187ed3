export * from "./openapi";
export * from "./problem";
export * from "./validator";

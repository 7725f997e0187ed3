export * from "./httpApi";

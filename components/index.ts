export * from "./authLayer";
export * from "./httpApi";
export * from "./inlineFunction";
export * from "./orderService";
export * from "./searchService";
export * from "./staticSite";

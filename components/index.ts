export * from "./authLayer";
export * from "./httpApi";
export * from "./inlineFunction";
export * from "./observability";
export * from "./orderService";
export { reservedBucketName } from "./privateBucket";
export * from "./regionalFailover";
export * from "./searchService";
export * from "./staticSite";

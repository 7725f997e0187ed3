// Without `AuditTrail`, whose types need the optional package @pulumi/awsx: import it from `stayopen/auditTrail`.
export type { Transform } from "./arguments/overrides";
export * from "./authLayer";
export * from "./backups";
export * from "./deliveryPipeline";
export * from "./infrastructure";
export * from "./inlineFunction";
export * from "./observability";
export * from "./orderService";
export * from "./regionalFailover";
export * from "./searchService";
export * from "./staticSite";

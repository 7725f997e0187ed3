export type { ObservabilityArgs, ObservedApi, ObservedFunction, ObservedService } from "./args";
export { AuditTrail, type AuditTrailArgs } from "./auditTrail";
export type { Composites } from "./composites";
export { OBJECTIVES, type Objectives } from "./objectives";
export { Observability } from "./observability";

export { AuditTrail, type AuditTrailArgs } from "./auditTrail";

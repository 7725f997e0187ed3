export { AuditTrail, type AuditTrailArgs, type BusyTable } from "./auditTrail";

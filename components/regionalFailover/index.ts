export { createReplicas } from "../infrastructure/replicas";
export type {
  DomainArgs,
  ExistingCertificates,
  RegionalFailoverArgs,
  ReturnTarget,
  Routing,
  ServiceArgs,
} from "./args";
export type { StoreConfig } from "./handlers/answers";
export { checkFailoverSettings, RegionalFailover } from "./regionalFailover";
export { RegionState, type RegionStateArgs, type RegionStateTable } from "./regionState";

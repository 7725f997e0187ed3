export type { StoreConfig } from "./answers";
export type { DomainArgs, RegionalFailoverArgs, ReturnTarget, Routing, ServiceArgs } from "./args";
export { checkFailoverSettings, RegionalFailover } from "./regionalFailover";
export { RegionState, type RegionStateArgs, type RegionStateTable } from "./regionState";
export { createReplicas as replicasIn } from "./replicas";

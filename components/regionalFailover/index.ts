export type { DomainArgs, RegionalFailoverArgs, ReturnTarget, Routing, ServiceArgs } from "./args";
export { RegionState, type RegionStateArgs, type RegionStateTable } from "./regionState";
export { replicasIn } from "./replicas";

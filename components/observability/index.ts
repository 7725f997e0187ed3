export type { Composites } from "./alarms/composites";
export type { ObservabilityArgs, ObservedApi, ObservedFunction, ObservedService } from "./args";
export { OBJECTIVES, type Objectives } from "./objectives";
export { Observability } from "./observability";

export type { DeliveryPipelineArgs, StateArgs } from "./args";
export { DeliveryPipeline } from "./deliveryPipeline";
export { RELEASE_STAGES, type ReleaseStage, type Runner, type ScriptAction, STAGE_SCRIPTS } from "./stages";

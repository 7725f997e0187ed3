export type { DeliveryPipelineArgs, EnvironmentArgs } from "./args";
export { DeliveryPipeline } from "./deliveryPipeline";
export { EnvironmentRoles, type EnvironmentRolesArgs } from "./environmentRoles";
export {
  type Environment,
  RELEASE_STAGES,
  type ReleaseStage,
  type Runner,
  type ScriptAction,
  STAGE_SCRIPTS,
  type Use,
} from "./stages";

export { CORS_HEADERS, type CorsArgs } from "./cors";
export type { FunctionSettings, FunctionSettingsByName, TimedFunctionSettings, TimeoutRange } from "./functionSettings";
export * from "./httpApi";
export { metricsNamespace } from "./metricsNamespace";
export { applyPermissionsBoundary } from "./permissionsBoundary";
export { reservedBucketName } from "./privateBucket";
export { type SecretParameter, secretParameter } from "./secretParameter";
export { TableKey, type TableKeyArgs, type TableKeys } from "./tableKey";

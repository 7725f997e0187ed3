export {
  ACTIONS_WITHOUT_RESOURCE,
  type ActionsByKind,
  type ActionWithoutResource,
  type Kind,
  STATE_MACHINE_LOGS_AND_TRACES,
} from "./actions";
export type { InlineFunctionArgs } from "./args";
export type { Bundle } from "./bundle/bundle";
export type {
  AuthorizerCallback,
  Callback,
  EventCallback,
  HttpCallback,
  QueueCallback,
  ScheduleCallback,
  StreamCallback,
  TaskCallback,
  TokenTaskCallback,
  TopicCallback,
  UserPoolCallback,
  UserPoolEvents,
} from "./callbacks";
export {
  allow,
  allowEverywhere,
  executions,
  type Grant,
  type Grantable,
  index,
  type KindOf,
  objects,
  type Reference,
  type ResourceByKind,
  reference,
  stream,
  when,
} from "./grants";
export { InlineFunction } from "./inlineFunction";

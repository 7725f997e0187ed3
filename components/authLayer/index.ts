export { type AuthFunction, AuthLayer, type AuthLayerArgs, type OidcArgs } from "./authLayer";
export type { MailArgs } from "./functions/signInCodes";
export {
  type AuthorizationAnswer,
  type AuthorizationRequest,
  createAuthorizer as authorizerOf,
} from "./handlers/authorize";
export type { Directory, DirectoryArgs } from "./resources/customerDirectory";
export type { CognitoArgs, Customers } from "./resources/userPool";

export { AuthLayer, type AuthLayerArgs, type OidcArgs } from "./authLayer";
export { type AuthorizationAnswer, type AuthorizationRequest, authorizerOf } from "./authorize";
export type { CognitoArgs, Customers } from "./customers";

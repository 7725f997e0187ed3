export { type AuthFunction, AuthLayer, type AuthLayerArgs, type OidcArgs } from "./authLayer";
export { type AuthorizationAnswer, type AuthorizationRequest, createAuthorizer as authorizerOf } from "./authorize";
export type { MailArgs } from "./codes";
export type { CognitoArgs, Customers } from "./customers";
export type { Directory, DirectoryArgs } from "./directory";

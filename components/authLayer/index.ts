export { type CodeMail, type CodeTexts, DIRECTORY_INDEXES } from "../../domain/auth";
export type { AuthLayerArgs, CognitoArgs, ExistingDirectory, ExistingUserPool, MailArgs, OidcArgs } from "./args";
export type { AuthFunction } from "./authFunctions";
export { AuthLayer, checkEdgeSecrets } from "./authLayer";
export {
  type AuthorizationAnswer,
  type AuthorizationRequest,
  createAuthorizer,
} from "./handlers/authorize";
export type { Directory } from "./resources/customerDirectory";
export type { Customers } from "./resources/userPool";

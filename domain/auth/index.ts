export { missingIn, PASSWORD_POLICY } from "./password";
export {
  type CognitoSettings,
  type OidcSettings,
  SIGN_IN_OPERATIONS,
  type SignInSettings,
  signInPath,
} from "./settings";
export { type Claims, GROUPS, type Group, groupsOf, isIn, type SignedIn, signedInFrom } from "./signedIn";

/** What the storefront must know to sign someone in; a part of `/config.json`. Nothing in it is secret. */
export type SignInSettings = CognitoSettings | OidcSettings;

export interface CognitoSettings {
  kind: "cognito";
  /** Path on the site's own origin that leads to the user pool's API: `signInPath(region)`. */
  path: `/auth/${string}/`;
  region: string;
  userPoolId: string;
  clientId: string;
}

export interface OidcSettings {
  kind: "oidc";
  issuer: string;
  clientId: string;
  /** Sent as `audience` with the authorization request where it differs from the client id. */
  audience: string;
  /** Separated by a space. */
  scope: string;
}

/** CloudFront leads this path to the Region's Cognito, so that the page talks to its own origin only. */
export const signInPath = (region: string): CognitoSettings["path"] => `/auth/${region}/`;

/** The calls of Cognito's API that the storefront makes; CloudFront lets no other through. */
export const SIGN_IN_OPERATIONS = [
  "AssociateSoftwareToken",
  "ChangePassword",
  "ConfirmForgotPassword",
  "ConfirmSignUp",
  "DeleteUser",
  "ForgotPassword",
  "GetTokensFromRefreshToken",
  "GetUser",
  "GlobalSignOut",
  "InitiateAuth",
  "ResendConfirmationCode",
  "RespondToAuthChallenge",
  "RevokeToken",
  "SetUserMFAPreference",
  "SignUp",
  "VerifySoftwareToken",
] as const;

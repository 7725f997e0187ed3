/** What the storefront must know to sign someone in; a part of `/config.json`. Nothing in it is secret. */
export type SignInSettings = CognitoSettings | OidcSettings;

export interface CognitoSettings {
  kind: "cognito";
  /** Path on the site's own origin that leads to the user pool's API: `signInPath(region)`. */
  path: `/auth/${string}/`;
  region: string;
  userPoolId: string;
  clientId: string;
  /** Path that mails a code to sign in with; absent where the store does not. */
  codes?: typeof CODES_PATH;
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

/** `POST { email }` mails a code to whoever is known by that address. */
export const CODES_PATH = "/api/auth/codes";

/** What `POST CODES_PATH` answers, whether or not there is anybody to mail to. */
export interface CodeRequested {
  challengeId: string;
  /** The pool that will take the code: that of the Region which answered. */
  auth: CognitoSettings;
  goodForSeconds: number;
}

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

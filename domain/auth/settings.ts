/** Settings for the sign-in at the storefront; a part of `/config.json`. Not secret. */
export type SignInSettings = CognitoSettings | OidcSettings;

export interface CognitoSettings {
  kind: "cognito";
  /** Path on the site's own origin that is forwarded to the user pool's API: `signInPath(region)`. */
  path: `/auth/${string}/`;
  region: string;
  userPoolId: string;
  clientId: string;
  /** Path of the API for sign-in codes; absent if the store mails none. */
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

/** CloudFront forwards this path to the Region's Cognito, so that the page calls its own origin only. */
export const signInPath = (region: string): CognitoSettings["path"] => `/auth/${region}/`;

/** `POST { email }` mails a code to the customer with that address. */
export const CODES_PATH = "/api/auth/codes";

/** Response of `POST CODES_PATH`, the same for known and unknown addresses. */
export interface CodeRequested {
  challengeId: string;
  /** The pool that accepts the code: that of the Region that answered. */
  auth: CognitoSettings;
  goodForSeconds: number;
}

/** Operations of Cognito's API that the storefront calls; CloudFront blocks all others. */
export const SIGN_IN_OPERATIONS = [
  "AssociateSoftwareToken",
  "ConfirmForgotPassword",
  "ConfirmSignUp",
  "ForgotPassword",
  "GetTokensFromRefreshToken",
  "InitiateAuth",
  "ResendConfirmationCode",
  "RespondToAuthChallenge",
  "RevokeToken",
  "SetUserMFAPreference",
  "SignUp",
  "VerifySoftwareToken",
] as const;

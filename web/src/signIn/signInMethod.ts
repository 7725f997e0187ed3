/** Signed-in customer, as the page shows it. */
export interface Customer {
  /** Id from the access token, as the APIs know the customer. */
  customerId?: string;
  email?: string;
}

/** Sessions of a user pool or an external issuer. Each implementation is loaded only when needed. */
export interface SignInMethod {
  /** Valid token. Rejects with `NotSignedInError`. */
  accessToken(renew: boolean): Promise<string>;
}

export class NotSignedInError extends Error {
  override readonly name = "NotSignedInError";
}

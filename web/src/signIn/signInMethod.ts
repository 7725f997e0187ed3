/** Signed-in customer, as the page shows it. */
export interface Customer {
  /** Id from the access token, as the APIs know the customer. */
  customerId?: string;
  email?: string;
}

/** Sessions of a user pool or an external issuer. Each implementation is loaded only when needed. */
export interface SignInMethod {
  /** Customer of an earlier visit. */
  restore(): Promise<Customer | undefined>;
  /** Valid token. Rejects with `NotSignedInError`. */
  accessToken(renew: boolean): Promise<string>;
  signOut(): Promise<void>;
}

export class NotSignedInError extends Error {
  override readonly name = "NotSignedInError";
}

/** Who is signed in, as far as the page shows it. */
export interface Person {
  /** As the APIs know the customer by the access token. */
  customerId?: string;
  email?: string;
}

/** A way to be signed in: a user pool, or an issuer. Each is loaded only when somebody needs it. */
export interface SignInWay {
  /** The person who is signed in from an earlier visit. */
  restore(): Promise<Person | undefined>;
  /** A token that is good now. Rejects when nobody is signed in. */
  accessToken(renew: boolean): Promise<string>;
  signOut(): Promise<void>;
}

export class NotSignedInError extends Error {
  override readonly name = "NotSignedInError";
}

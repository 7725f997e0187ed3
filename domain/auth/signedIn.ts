/** The groups that the store distinguishes; each is a group of the user pool, or a value of the issuer's groups claim. */
export const GROUPS = ["customers", "merchandisers"] as const;

/** `customers` order; `merchandisers` also change the catalogue. */
export type Group = (typeof GROUPS)[number];

/**
 * The caller of a request, at `event.requestContext.authorizer.lambda`.
 *
 * API Gateway carries strings, numbers and booleans only, so the groups are one string.
 */
export interface SignedIn {
  /** Stable for the person in every Region, never reused, at most 255 characters: from the directory, or the token's subject. */
  customerId: string;
  /** Names of `GROUPS`, separated by a space; never empty. */
  groups: string;
  /** Present when the token carries it. Cognito's access tokens don't. */
  email?: string;
  /** E.164; present when the token carries it with `phone_number_verified`. Cognito's access tokens don't. */
  verifiedPhone?: string;
  /** Seconds since 1970 of the sign-in, which a renewed token keeps; present when the token carries it (`auth_time`), as Cognito's do. */
  signedInAt?: number;
}

/** A token's payload, after its signature, issuer, audience and times were checked. */
export type Claims = Readonly<Record<string, unknown>>;

const MAX_SUBJECT_LENGTH = 255;

/** Claim of an access token with the customer of the account (`decideIdentity`); set by the user pool. */
export const CUSTOMER_CLAIM = "customerId";

/** Claim of an access token: `yes` or `no`, whether the account has a second factor; absent while that can't be read. */
export const SECOND_FACTOR_CLAIM = "secondFactor";

/**
 * Returns the caller that the claims of a verified token name, or `undefined` without a subject.
 *
 * @example
 * signedInFrom({ sub: "5e8f…", "cognito:groups": ["merchandisers"] }, "cognito:groups");
 * // { customerId: "5e8f…", groups: "merchandisers" }
 *
 * @param customerClaim a claim that takes precedence over the subject, for issuers that are known to set it themselves.
 */
export function signedInFrom(claims: Claims, groupsClaim: string, customerClaim?: string): SignedIn | undefined {
  const { email } = claims;
  const customerId = customerIdFrom(claims, customerClaim);
  if (customerId === undefined) return undefined;
  const caller: SignedIn = { customerId, groups: groupsOf(claims[groupsClaim]).join(" ") };
  if (typeof email === "string" && email !== "") caller.email = email;
  const { phone_number: phone, phone_number_verified: isVerified } = claims;
  if (typeof phone === "string" && isVerified === true) caller.verifiedPhone = phone;
  const { auth_time: signedInAt } = claims;
  if (typeof signedInAt === "number") caller.signedInAt = signedInAt;
  return caller;
}

/** Returns the customer of an access token. The storefront uses it too: it binds a card to its customer. */
export function customerIdFrom(claims: Claims, customerClaim?: string): string | undefined {
  const customerId = (customerClaim !== undefined ? claims[customerClaim] : undefined) ?? claims["sub"];
  const isUsable = typeof customerId === "string" && customerId !== "" && customerId.length <= MAX_SUBJECT_LENGTH;
  return isUsable ? customerId : undefined;
}

/**
 * Returns the store's groups in a claim. Issuers write a list, or one string with spaces; unknown names are left out.
 *
 * A caller without a group is a customer: a new account is in no group, and nothing has to run after sign-up.
 */
export function groupsOf(claim: unknown): Group[] {
  const named: unknown[] = typeof claim === "string" ? claim.split(" ") : Array.isArray(claim) ? claim : [];
  const known = GROUPS.filter((group) => named.includes(group));
  return known.length > 0 ? known : ["customers"];
}

/**
 * Returns true if the caller is in the group.
 *
 * @example
 * if (!isIn("merchandisers", caller)) return problem(403, { title: "Forbidden", detail: "Only merchandisers can change products." });
 */
export function isIn(group: Group, caller: Pick<SignedIn, "groups">): boolean {
  return caller.groups.split(" ").includes(group);
}

import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { CodeTexts } from "../../domain/auth";
import type { Transform } from "../arguments/overrides";
import type { CorsArgs } from "../infrastructure/cors";
import type { FunctionSettingsByName } from "../infrastructure/functionSettings";
import type { TableKeys } from "../infrastructure/tableKey";
import type { RegionStateTable } from "../regionalFailover";
import type { AUTH_FUNCTIONS } from "./authFunctions";

export interface AuthLayerArgs {
  /** Identity provider: a new user pool, an existing one, or another existing issuer. Exactly one. */
  provider: { cognito?: CognitoArgs; existingUserPool?: ExistingUserPool; oidc?: OidcArgs };
  /**
   * The table that all Regions share (`RegionState.table`): this Region publishes its user pool there, and accepts
   * tokens of the pools that the peer Regions publish. Default: only tokens of this Region's pool are accepted. Ignored with
   * another provider, which is the same in each Region.
   */
  regions?: RegionStateTable;
  /**
   * Regions that the customer directory and its key are replicated to; it maps a person to the same customer in every
   * Region. Default: none; the directory exists anyway, so that a Region can join. Only with `cognito`.
   */
  replicaRegions?: string[];
  /** Existing directory to use instead of a new one. Default: a new one. Not together with `replicaRegions`. */
  existingDirectory?: ExistingDirectory;
  /**
   * Customer-managed keys of the directory: a `TableKey`, or existing keys. Not with `existingDirectory`. A change recreates its replicas.
   * Default: AWS's own key.
   */
  tableKey?: TableKeys;
  /**
   * Peer Regions that write the directory. The triggers look accounts up in their pools: existence, address and second
   * factor. Default: `replicaRegions`. With an existing directory and without this argument, only the own Region detects
   * a deleted account.
   */
  peerRegions?: string[];
  /**
   * Secrets that prove that a request came through CloudFront, each of 32 to 128 characters of `A–Z a–z 0–9 _ -`. All are accepted;
   * CloudFront sends the first (`StaticSite`'s `edgeSecret`). Default: none; requests past CloudFront are accepted.
   */
  edgeSecrets?: pulumi.Input<readonly string[]>;
  /** Lets customers sign in with a mailed code. Default: sign-in by password only. Only with `cognito`. */
  mail?: MailArgs;
  /** Deletion protection of the user pool and the directory with its replicas, and point-in-time recovery of the directory. Default: true. */
  protectData?: boolean;
  /** Lets pages of other origins call the API of sign-in codes; see `HttpApi`. Default: none; only pages of the site's own origin. Only with `mail`. */
  cors?: CorsArgs;
  /** Days that logs are kept. Default: 30. */
  logRetentionDays?: number;
  /** Memory, time-out, concurrency, network, processor and layers of the functions: `{ all: { vpc } }`. Default: their own. */
  functions?: FunctionSettingsByName<typeof AUTH_FUNCTIONS>;
  /** Overrides for the underlying resources. Only with `cognito`. */
  transform?: {
    userPool?: Transform<aws.cognito.UserPoolArgs>;
    client?: Transform<aws.cognito.UserPoolClientArgs>;
    directoryTable?: Transform<aws.dynamodb.TableArgs>;
    addressKey?: Transform<aws.kms.KeyArgs>;
  };
}

/** A user pool with self-service sign-up by e-mail address and password. */
export interface CognitoArgs {
  /** Lifetime of access and id tokens in minutes; 15–60. Default: 30. */
  tokenMinutes?: number;
  /** Days after which a customer must sign in again; 1–3650. Default: 30. */
  staySignedInDays?: number;
  /** Second factor by an authenticator app. Default: `optional`, each customer decides. */
  mfa?: "off" | "optional" | "required";
  /** Cognito's mail with the code that confirms an address or resets a password; `message` contains `{####}`. Default: in English. */
  confirmation?: { subject: string; message: string };
  /**
   * Sends confirmation codes through SES. Default: Cognito's own sender, which stops at 50 mails a day: enough to try
   * the store, not to run it.
   */
  email?: {
    /** A verified SES identity in the pool's Region (or in one of the Regions that Cognito allows). */
    identityArn: pulumi.Input<string>;
    /** `Store <hello@example.com>`: an address of that identity. */
    from: pulumi.Input<string>;
  };
}

/**
 * An existing user pool, which stays as it is: the layer adds no triggers, groups or clients. It is the same for each Region, so a customer is the
 * account's `sub`, unless a trigger of your own adds the claim `customerId`.
 */
export interface ExistingUserPool {
  /** Its accounts sign in by e-mail address; its groups `customers` and `merchandisers` are the store's. `us-east-1_AbCdEfGhI`. */
  id: pulumi.Input<string>;
  /** A client without a secret that allows `ALLOW_USER_SRP_AUTH`. */
  clientId: pulumi.Input<string>;
}

/** An OpenID Connect issuer whose tokens the store accepts instead of a user pool. */
export interface OidcArgs {
  /** Exactly as the tokens' `iss` claim spells it: `https://login.example.com/`. Its discovery document must be below it. */
  issuer: string;
  /** The tokens' `aud` claim must contain it. A token for another audience is refused. */
  audience: string;
  /** Public client (code flow with PKCE) of the storefront. Default: the audience. */
  clientId?: string;
  /** Claim that lists the caller's groups, as a list or one string. Default: `groups`. */
  groupsClaim?: string;
  /**
   * Accepts only tokens whose header has the type `at+jwt` (RFC 9068). Set it if your issuer writes that type: an id token
   * for the same audience is then refused whatever its claims are. Default: false, since many issuers write `JWT`.
   */
  typedTokens?: boolean;
  /** Scopes that the storefront requests. Default: `openid email`. */
  scope?: string;
}

/** An existing customer directory: the replicas that the primary's stack has created in this Region. */
export interface ExistingDirectory {
  /** With the indexes `byCustomer` (`customerId`, `region`) and `byUser` (`usedBy`, `region`), which erasures query. */
  table: { name: pulumi.Input<string>; arn: pulumi.Input<string> };
  /** The multi-Region HMAC key that hashes addresses. */
  key: { arn: pulumi.Input<string> };
}

/** Settings of the mails with sign-in codes. */
export interface MailArgs {
  /** Sender of the codes: `orders@example.com`. SES must have verified the address or its domain in this Region. */
  from: pulumi.Input<string>;
  /** The store's name in the mails. Default: `Stayopen`. */
  storeName?: string;
  /**
   * Returns a composer that changes the store's own mail: a further language, branding, HTML. Captured like a callback of `InlineFunction`, so write
   * it in a file that imports no Pulumi. If it throws, no code is sent. Default: plain text in English or German, as the
   * request's `Accept-Language` prefers.
   */
  texts?: () => CodeTexts;
  /** Most codes mailed within one clock hour, to all addresses together: limits the cost of an attack. Default: 5,000. */
  mailsAnHour?: number;
}

import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../inlineFunction";
import type { RegionStateTable } from "../regionalFailover";

export interface AuthLayerArgs {
  /** Who knows the customers: a user pool that this component makes, or an issuer that exists. Exactly one. */
  provider: { cognito?: CognitoArgs; oidc?: OidcArgs };
  /**
   * The table that all Regions share (`RegionState.table`): this Region's user pool is told there, and tokens of the pools
   * that other Regions tell of are accepted. Default: only the own pool's tokens are good. Of no use with `provider.oidc`,
   * whose issuer is the same in each Region.
   */
  regions?: RegionStateTable;
  /** Which customer a person is, in every Region. Default: a directory without replicas. Only with a user pool. */
  directory?: DirectoryArgs;
  /** Lets customers sign in by a code that is mailed to them. Default: they can't. Only with a user pool. */
  mail?: MailArgs;
  /** Deletion protection and point-in-time recovery of the directory, and of its replicas. Default: true. */
  protectData?: boolean;
  /** Days that logs are kept. Default: 30. */
  logRetentionDays?: number;
}

/** A user pool in which people sign up by themselves with an e-mail address and a password. */
export interface CognitoArgs {
  /** Minutes for which an access token and an id token are good; 15–60. Default: 30. */
  tokenMinutes?: number;
  /** Days after which a person must type the password again; 1–3650. Default: 30. */
  staySignedInDays?: number;
  /** A second factor by an authenticator app. Default: `optional`, each person decides. */
  mfa?: "off" | "optional" | "required";
  /** Refuses to delete the pool, and everybody in it. Default: true. */
  deletionProtection?: boolean;
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
  /** Last changes to the arguments of the resources inside: an object that is laid over them, or a function of them. */
  transform?: {
    userPool?: Transform<aws.cognito.UserPoolArgs>;
    client?: Transform<aws.cognito.UserPoolClientArgs>;
  };
}

/** An OpenID Connect issuer whose tokens the store accepts instead of running a directory of its own. */
export interface OidcArgs {
  /** Exactly as the tokens' `iss` claim spells it: `https://login.example.com/`. Its discovery document must be below it. */
  issuer: string;
  /** The tokens' `aud` claim must contain it. A token for another audience is refused. */
  audience: string;
  /** Public client (code flow with PKCE) that the storefront signs in with. Default: the audience. */
  clientId?: string;
  /** Claim that lists the caller's groups, as a list or one string. Default: `groups`. */
  groupsClaim?: string;
  /**
   * Accepts only tokens whose header has the type `at+jwt` (RFC 9068). Set it if your issuer writes that type: an id token
   * for the same audience is then refused whatever its claims are. Default: false, since many issuers write `JWT`.
   */
  typedTokens?: boolean;
  /** Scopes that the storefront asks for. Default: `openid email`. */
  scope?: string;
}

/** The customer directory: made here, with replicas in other Regions, or made by the primary's stack. One of both. */
export interface DirectoryArgs {
  /** Regions that table and key are replicated to. Default: none; the directory is there all the same, so that a Region can join. */
  replicaRegions?: string[];
  /** The replicas that the primary's stack has made in this Region. Default: table and key are made. */
  existing?: {
    table: { name: pulumi.Input<string>; arn: pulumi.Input<string> };
    /** The multi-Region HMAC key that hashes addresses: its replica in this Region. */
    key: { arn: pulumi.Input<string> };
    /**
     * The other Regions that write it. Their pools are asked whether an account still exists, still has its address and has a
     * second factor. Default: none is asked; a deleted account is then known in its own Region alone.
     */
    regions?: string[];
  };
  /** Last changes to the arguments of the resources inside. */
  transform?: { table?: Transform<aws.dynamodb.TableArgs>; key?: Transform<aws.kms.KeyArgs> };
}

/** Mails codes to sign in with. */
export interface MailArgs {
  /** Sender of the codes: `orders@example.com`. SES must have verified the address or its domain in this Region. */
  from: pulumi.Input<string>;
  /** How the mails call the store. Default: `Stayopen`. */
  storeName?: string;
  /** Codes mailed within one clock hour at most, to all addresses together: what an attack may cost. Default: 5,000. */
  mailsAnHour?: number;
}

import { Logger } from "@aws-lambda-powertools/logger";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SignInSettings } from "../../domain/auth";
import type { HttpApi } from "../infrastructure/httpApi";
import { allow, InlineFunction, reference } from "../inlineFunction";
import type { RegionStateTable } from "../regionalFailover";
import { customerTrigger } from "./functions/customerTrigger";
import { issuerPublisher } from "./functions/issuerPublisher";
import { codeApi, codeChallenge, type MailArgs } from "./functions/signInCodes";
import { type AuthorizationRequest, createAuthorizer } from "./handlers/authorize";
import { documentClient } from "./handlers/clients";
import { createIssuerRegistry, readIssuersFrom } from "./handlers/issuerBook";
import { isTrustworthy, type TrustedIssuer } from "./handlers/trustedIssuer";
import { customerDirectory, type Directory, type DirectoryArgs } from "./resources/customerDirectory";
import { type CognitoArgs, type Customers, createUserPool } from "./resources/userPool";

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

/**
 * Sign-up, sign-in and access control: a Cognito user pool, or any OpenID Connect issuer, behind one authorizer that
 * every API of the store shares.
 *
 * A bad token is answered by API Gateway with 403, a missing one with 401. A good one reaches the handler as `SignedIn`.
 * Since API Gateway keeps an answer for the same token (300 s by default), a token works up to that long after it expired.
 *
 * Customers of a user pool keep their `customerId` in every Region (docs/sign-in.md), and may sign in by a mailed code.
 *
 * Cost: Cognito's price for a monthly active user; a function call for each token that API Gateway doesn't remember.
 *
 * @example
 * const auth = new AuthLayer("auth", { provider: { cognito: {} } });
 * new HttpApi("orders", { routes: { "GET /api/orders": { function: list, auth } } });
 *
 * @example
 * const auth = new AuthLayer("auth", { provider: { oidc: { issuer: "https://login.example.com/", audience: "store" } } });
 */
export class AuthLayer extends pulumi.ComponentResource {
  /** Decides about every request with a token; hand the whole `AuthLayer` to `HttpApi` as `auth`. */
  public readonly authorizer: InlineFunction;
  /** What the storefront needs to sign someone in. Not secret. */
  public readonly settings: pulumi.Output<SignInSettings>;
  /** Host name that the site's `/auth/REGION/` leads to; absent with an issuer of your own, which the page calls directly. */
  public readonly signInOrigin?: pulumi.Output<string>;
  /** Origins that the page calls besides its own when it signs someone in: for the site's content security policy. */
  public readonly connectOrigins: string[];
  /** The user pool and its client; absent with an issuer of your own. */
  public readonly customers?: Customers;
  /** Who is which customer in every Region; absent with an issuer of your own. */
  public readonly directory?: Directory;
  /** Codes to sign in with, of this Region alone; absent without `mail`. */
  public readonly codes?: aws.dynamodb.Table;
  /** Takes wishes for codes, at `/api/auth/codes`; absent without `mail`. */
  public readonly api?: HttpApi;
  /** Base URL of `api`, without a trailing slash. */
  public readonly url?: pulumi.Output<string>;
  /** The functions by what they do. */
  public readonly functions: Readonly<Partial<Record<AuthFunction, InlineFunction>>>;

  constructor(name: string, args: AuthLayerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("stayopen:index:AuthLayer", name, {}, opts);
    const { cognito, oidc } = checked(name, args);

    let trusted: pulumi.Output<TrustedIssuer>;
    let functions: Partial<Record<AuthFunction, InlineFunction>> = {};
    if (cognito) {
      const { logRetentionDays: days, mail, regions } = args;
      this.directory = customerDirectory(name, args.directory ?? {}, args.protectData ?? true, this);
      const customer = customerTrigger(name, this.directory, days, this);
      const codes = mail && codeChallenge(name, this.directory, days, this);
      const peers = args.directory?.existing?.regions ?? args.directory?.replicaRegions ?? [];
      this.customers = createUserPool(name, cognito, { customer, challenge: codes?.trigger }, peers, this);
      functions = { customer, challenge: codes?.trigger };
      this.codes = codes?.table;
      if (mail && codes) {
        const { directory, customers } = this;
        const { api, ...behind } = codeApi(name, mail, { table: codes.table, directory, customers }, days, this);
        this.api = api;
        this.url = api.url;
        functions = { ...functions, ...behind };
      }
      if (regions) functions.publisher = issuerPublisher(name, regions, this.customers, days, this).publisher;
      this.signInOrigin = this.customers.region.apply((region) => `cognito-idp.${region}.amazonaws.com`);
      this.connectOrigins = [];
      this.settings = this.customers.settings;
      trusted = this.customers.trusted;
    } else {
      this.connectOrigins = [new URL(oidc.issuer).origin];
      this.settings = pulumi.output(settingsOf(oidc));
      trusted = pulumi.output(trustedOf(oidc));
    }

    // An issuer of one's own is the same in each Region.
    const regions = cognito && args.regions;
    this.authorizer = new InlineFunction(
      `${name}-authorizer`,
      {
        description: "Lets in requests whose token is good, and says whose it is.",
        environment: {
          TRUSTED_ISSUER: pulumi.jsonStringify(trusted),
          ...(regions && { REGION_STATE: regions.tableName }),
        },
        grants: regions ? [allow(reference("dynamodb:table", regions.tableArn), "dynamodb:Scan")] : [],
        // Two attempts of two seconds to fetch the issuer's documents, twice with discovery; API Gateway waits 10 s.
        timeoutSeconds: 9,
        logRetentionDays: args.logRetentionDays,
        callbackFactory: () => {
          const logger = new Logger({ serviceName: "authorizer" });
          const { REGION_STATE: table } = process.env;
          const others = table ? createIssuerRegistry(readIssuersFrom(documentClient(), table), logger) : undefined;
          const authorize = createAuthorizer(JSON.parse(process.env.TRUSTED_ISSUER!), logger, others);
          return (request: AuthorizationRequest) => authorize(request);
        },
      },
      { parent: this },
    );

    this.functions = { ...functions, authorizer: this.authorizer };
    this.registerOutputs({ url: this.url, settings: this.settings, signInOrigin: this.signInOrigin });
  }
}

/** What the functions do. */
export type AuthFunction = "authorizer" | "customer" | "challenge" | "mailer" | "request" | "publisher";

function checked(
  name: string,
  { provider, directory, mail }: AuthLayerArgs,
): { cognito: CognitoArgs; oidc?: never } | { cognito?: never; oidc: OidcArgs } {
  const { cognito, oidc } = provider;
  if (cognito && oidc) {
    throw new pulumi.RunError(
      `AuthLayer "${name}": only one of provider.cognito and provider.oidc can be given. Leave out the one that doesn't know your customers.`,
    );
  }
  if (cognito) return { cognito };
  if (!oidc) {
    throw new pulumi.RunError(
      `AuthLayer "${name}": one of provider.cognito and provider.oidc must be given. Use provider: { cognito: {} } for a new user pool.`,
    );
  }
  if (directory || mail) {
    throw new pulumi.RunError(
      `AuthLayer "${name}": ${directory ? "directory" : "mail"} can't be given with provider.oidc. Your issuer says who a person is, and signs people in.`,
    );
  }
  if (!isTrustworthy(oidc.issuer)) {
    throw new pulumi.RunError(
      `AuthLayer "${name}": provider.oidc.issuer is "${oidc.issuer}". Give its https:// address, as the tokens' iss claim spells it.`,
    );
  }
  if (!oidc.audience) {
    throw new pulumi.RunError(
      `AuthLayer "${name}": provider.oidc.audience is empty. Without it, tokens that the issuer gave to other applications would be accepted.`,
    );
  }
  return { oidc };
}

function trustedOf(oidc: OidcArgs): TrustedIssuer {
  const { issuer, audience, groupsClaim = "groups", typedTokens } = oidc;
  return { kind: "oidc", issuer, audience, groupsClaim, ...(typedTokens && { typedTokens }) };
}

function settingsOf(oidc: OidcArgs): SignInSettings {
  const { issuer, audience, clientId = audience, scope = "openid email" } = oidc;
  return { kind: "oidc", issuer, audience, clientId, scope };
}

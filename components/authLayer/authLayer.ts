import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SignInSettings } from "../../domain/auth";
import { ArgumentChecks } from "../arguments/checks";
import { checkCors } from "../infrastructure/cors";
import { checkFunctionSettings } from "../infrastructure/functionSettings";
import type { HttpApi } from "../infrastructure/httpApi";
import { SENDER } from "../infrastructure/mailSender";
import { checkTableKey } from "../infrastructure/tableKey";
import type { InlineFunction } from "../inlineFunction";
import type { AuthLayerArgs, CognitoArgs, ExistingUserPool, MailArgs, OidcArgs } from "./args";
import { AUTH_FUNCTIONS, type AuthFunction } from "./authFunctions";
import { createAuthorizerFunction } from "./functions/authorizer";
import { createChallengeFunction } from "./functions/challengeTrigger";
import { createCodeMailerFunction } from "./functions/codeMailer";
import { createCodeRequestFunction } from "./functions/codeRequest";
import { createCustomerFunction } from "./functions/customerTrigger";
import { createEdgeFunction } from "./functions/edge";
import { createPublisherFunction } from "./functions/issuerPublisher";
import type { AuthorizationRequest } from "./handlers/authorize";
import { hashOfEdgeSecret } from "./handlers/edge";
import { isTrustworthy, type TrustedIssuer } from "./handlers/trustedIssuer";
import { createCodeApi } from "./resources/codeApi";
import { createCodeTable } from "./resources/codeTable";
import { createCustomerDirectory, type Directory } from "./resources/customerDirectory";
import { schedulePublisher } from "./resources/publishSchedule";
import { type Customers, createUserPool, readExistingPool } from "./resources/userPool";

/**
 * Sign-up, sign-in and access control: a Cognito user pool, new or existing, or any OpenID Connect issuer, behind one authorizer that
 * every API of the store shares.
 *
 * API Gateway answers an invalid token with 403, a missing one with 401. A valid one reaches the handler as `SignedIn`.
 * API Gateway caches the decision for a token (300 s by default), so a token works up to that long after it expired.
 *
 * Customers of a user pool keep their `customerId` in every Region (docs/sign-in.md), and may sign in with a mailed code.
 *
 * Cost: Cognito's price for a monthly active user; a function call for each token that API Gateway hasn't cached.
 *
 * @example
 * const auth = new AuthLayer("auth", { provider: { cognito: {} } });
 * new HttpApi("orders", { routes: { "GET /api/orders": { function: list, auth } } });
 *
 * @example
 * const auth = new AuthLayer("auth", {
 *   provider: { existingUserPool: { id: "us-east-1_AbCdEfGhI", clientId: "1example23456789" } },
 * });
 *
 * @example
 * const auth = new AuthLayer("auth", { provider: { oidc: { issuer: "https://login.example.com/", audience: "store" } } });
 */
export class AuthLayer extends pulumi.ComponentResource {
  /** Authorizes every request with a token; pass the whole `AuthLayer` to `HttpApi` as `auth`. */
  public readonly authorizer: InlineFunction;
  /** Admits requests from CloudFront alone, for routes without sign-in (`HttpApi`'s `edge`); absent without `edgeSecrets`. */
  public readonly edge?: InlineFunction<AuthorizationRequest>;
  /** Settings that the storefront needs to sign a customer in. Not secret. */
  public readonly settings: pulumi.Output<SignInSettings>;
  /** Host name behind the site's `/auth/REGION/`; absent with `provider.oidc`, whose issuer the page calls directly. `StaticSite`'s `signInRegions` takes its Region. */
  public readonly signInOrigin?: pulumi.Output<string>;
  /** Further origins that the page calls to sign in, for the site's content security policy. */
  public readonly connectOrigins: string[];
  /** The user pool and its client; absent with another provider than `cognito`. */
  public readonly customers?: Customers;
  /** The customer directory of all Regions; absent with another provider than `cognito`. */
  public readonly directory?: Directory;
  /** Sign-in codes of this Region; absent without `mail`. */
  public readonly codes?: aws.dynamodb.Table;
  /** Handles requests for sign-in codes, at `/api/auth/codes`; absent without `mail`. */
  public readonly api?: HttpApi;
  /** Base URL of `api`, without a trailing slash. */
  public readonly url?: pulumi.Output<string>;
  /** The functions by name. */
  public readonly functions: Readonly<Partial<Record<AuthFunction, InlineFunction>>>;

  constructor(name: string, args: AuthLayerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cognito, existingUserPool, oidc } = checkArgs(name, args);
    super("stayopen:index:AuthLayer", name, {}, opts);

    const edgeHashes = args.edgeSecrets && hashesOf(name, args.edgeSecrets);
    this.edge = edgeHashes && createEdgeFunction(name, edgeHashes, args, this);
    let trusted: pulumi.Output<TrustedIssuer>;
    let functions: Partial<Record<AuthFunction, InlineFunction>> = {};
    if (cognito) {
      const { mail, regions } = args;
      const directory = createCustomerDirectory(name, args, this);
      const customer = createCustomerFunction(name, directory, args, this);
      const table = mail && createCodeTable(name, this);
      const challenge = table && createChallengeFunction(name, { table, directory }, args, this);
      const peers = args.peerRegions ?? args.replicaRegions ?? [];
      const { transform, protectData } = args;
      const pool = { ...cognito, transform, protectData };
      const customers = createUserPool(name, pool, { customer, challenge }, peers, this);
      functions = { customer, challenge };
      this.directory = directory;
      this.customers = customers;
      this.codes = table;
      if (mail && table) {
        const mailer = createCodeMailerFunction(name, mail, { table, directory, customers }, args, this);
        const request = createCodeRequestFunction(name, { mailer, customers }, args, this);
        this.api = createCodeApi(name, { request, edge: this.edge }, args, this);
        this.url = this.api.url;
        functions = { ...functions, mailer, request };
      }
      if (regions) {
        functions.publisher = createPublisherFunction(name, regions, customers, args, this);
        schedulePublisher(name, functions.publisher, customers, this);
      }
      this.signInOrigin = originOf(this.customers.region);
      this.connectOrigins = [];
      this.settings = this.customers.settings;
      trusted = this.customers.trusted;
    } else if (existingUserPool) {
      const { region, settings, trusted: issuer } = readExistingPool(existingUserPool);
      this.signInOrigin = originOf(region);
      this.connectOrigins = [];
      this.settings = settings;
      trusted = issuer;
    } else {
      this.connectOrigins = [new URL(oidc.issuer).origin];
      this.settings = pulumi.output(settingsOf(oidc));
      trusted = pulumi.output(trustedOf(oidc));
    }

    // Another provider is the same in each Region.
    const regions = cognito && args.regions;
    this.authorizer = createAuthorizerFunction(name, trusted, regions, edgeHashes, args, this);
    this.functions = { ...functions, ...(this.edge && { edge: this.edge }), authorizer: this.authorizer };
    this.registerOutputs({ url: this.url, settings: this.settings, signInOrigin: this.signInOrigin });
  }

  /** The underlying resources, for settings that the arguments do not cover. */
  public get nodes() {
    const { customers, directory, codes, api, functions } = this;
    return { userPool: customers?.userPool, client: customers?.client, ...directory?.nodes, codes, api, functions };
  }
}

/** Host name of Cognito in a Region. */
const originOf = (region: pulumi.Output<string>) => region.apply((own) => `cognito-idp.${own}.amazonaws.com`);

/** Returns the hashes of the secrets as JSON. A hash is not secret: functions have it in their environment. */
const hashesOf = (name: string, secrets: pulumi.Input<readonly string[]>): pulumi.Output<string> =>
  pulumi.unsecret(
    pulumi.output(secrets).apply((known) => {
      checkEdgeSecrets(name, known);
      return JSON.stringify(known.map(hashOfEdgeSecret));
    }),
  );

/**
 * Checks edge secrets, so that a program can refuse them before it registers a resource.
 *
 * @throws {pulumi.RunError} whose message does not repeat a secret.
 */
export function checkEdgeSecrets(name: string, secrets: readonly string[]): void {
  const checks = new ArgumentChecks("AuthLayer", name);
  checks.notEmpty({ edgeSecrets: secrets }, "name a secret or be left out");
  for (const [index, secret] of secrets.entries()) {
    if (/^[\w-]{32,128}$/.test(secret)) continue;
    throw checks.violation(
      `edgeSecrets[${index}]`,
      `has ${secret.length} characters`,
      'be 32 to 128 letters, digits, "_" and "-"',
      "a caller who knows it reaches the APIs without WAF; create one with: openssl rand -hex 32",
    );
  }
}

/** The one provider. */
type Provider =
  | { cognito: CognitoArgs; existingUserPool?: never; oidc?: never }
  | { existingUserPool: ExistingUserPool; cognito?: never; oidc?: never }
  | { oidc: OidcArgs; cognito?: never; existingUserPool?: never };

/** A user pool's id. */
const POOL_ID = {
  pattern: /^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]+$/,
  description: "the id of a user pool, such as us-east-1_AbCdEfGhI",
};

function checkArgs(name: string, args: AuthLayerArgs): Provider {
  const checks = new ArgumentChecks("AuthLayer", name);
  const { cognito, existingUserPool, oidc } = args.provider;
  checks.exactlyOne(
    { "provider.cognito": cognito, "provider.existingUserPool": existingUserPool, "provider.oidc": oidc },
    "one provider knows the customers",
  );
  checkFunctionSettings(checks, args.functions, AUTH_FUNCTIONS);
  const { existingDirectory, replicaRegions, peerRegions, mail, transform, tableKey, cors } = args;
  checks.atMostOne({ existingDirectory, replicaRegions }, "the stack that creates the directory creates its replicas");
  checks.atMostOne({ existingDirectory, tableKey }, "the stack that creates the directory encrypts it");
  checkTableKey(checks, tableKey, replicaRegions);
  checkCors(checks, cors);
  if (cors && !mail) {
    throw checks.violation("cors", "is given", "be left out without `mail`", "only the API of sign-in codes needs it");
  }
  if (cognito) {
    checks.wholeNumber({ "provider.cognito.tokenMinutes": cognito?.tokenMinutes }, [15, 60]);
    checks.wholeNumber({ "provider.cognito.staySignedInDays": cognito?.staySignedInDays }, [1, 3_650]);
    checks.oneOf({ "provider.cognito.mfa": cognito?.mfa }, ["off", "optional", "required"]);
    checks.wholeNumber({ "mail.mailsAnHour": mail?.mailsAnHour }, [1]);
    checks.text({ "mail.from": mail?.from, "provider.cognito.email.from": cognito.email?.from }, SENDER);
    checkTexts(checks, cognito, mail);
    return { cognito };
  }
  const ofOwnPool = { existingDirectory, replicaRegions, peerRegions, mail, transform, tableKey };
  if (existingUserPool) {
    checks.fields("provider.existingUserPool", existingUserPool, { id: true, clientId: true });
    checks.text({ "provider.existingUserPool.id": existingUserPool.id ?? "" }, POOL_ID);
    checks.notEmpty(
      { "provider.existingUserPool.clientId": existingUserPool.clientId ?? "" },
      "name a client of the pool",
    );
    const reason = "directory and codes need triggers, which the layer adds only to a pool that it creates";
    checks.leftOut(ofOwnPool, "provider.existingUserPool", reason);
    return { existingUserPool };
  }
  checks.leftOut(ofOwnPool, "provider.oidc", "the issuer knows the customers and signs them in");
  // `exactlyOne` has left no other.
  if (!oidc) throw new Error("AuthLayer has no provider.");
  if (!isTrustworthy(oidc.issuer)) {
    const rule = "be an https:// address, exactly as the iss claim of the tokens";
    throw checks.violation("provider.oidc.issuer", `is "${oidc.issuer}"`, rule);
  }
  checks.notEmpty(
    { "provider.oidc.audience": oidc.audience ?? "" },
    "name the store",
    "tokens that the issuer gave to other applications would be accepted",
  );
  return { oidc };
}

function checkTexts(checks: ArgumentChecks, cognito: CognitoArgs | undefined, mail: MailArgs | undefined): void {
  const { subject, message } = cognito?.confirmation ?? {};
  checks.fields("provider.cognito.confirmation", cognito?.confirmation, { subject: true, message: true });
  checks.notEmpty({ "provider.cognito.confirmation.subject": subject }, "be a line of text");
  checks.text({ "provider.cognito.confirmation.message": message }, CODE_MESSAGE);
  if (mail?.texts !== undefined && typeof mail.texts !== "function") {
    const rule = "be a function that returns a composer, such as `() => ({ mail: composeMail })`";
    throw checks.violation("mail.texts", `is ${typeof mail.texts}`, rule);
  }
}

/** Cognito's limits (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerificationMessageTemplateType.html). */
const CODE_MESSAGE = {
  pattern: /^(?=[\s\S]{6,20000}$)[\s\S]*\{####\}/,
  description: "a text of at most 20,000 characters with {####} in the place of the code",
};

function trustedOf(oidc: OidcArgs): TrustedIssuer {
  const { issuer, audience, groupsClaim = "groups", typedTokens } = oidc;
  return { kind: "oidc", issuer, audience, groupsClaim, ...(typedTokens && { typedTokens }) };
}

function settingsOf(oidc: OidcArgs): SignInSettings {
  const { issuer, audience, clientId = audience, scope = "openid email" } = oidc;
  return { kind: "oidc", issuer, audience, clientId, scope };
}

import { randomUUID } from "node:crypto";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { decodeJwt } from "jose";
import { CUSTOMER_CLAIM, signedInFrom } from "../domain/auth";
import { beginPasswordProof, type PasswordChallenge } from "../domain/auth/passwordProof";
import type { CognitoSettings, SIGN_IN_OPERATIONS } from "../domain/auth/settings";
import type { Deployment } from "./deployment/deployment";

/** The emulator's confirmation code of every sign-up. */
const CONFIRMATION_CODE = "123456";

/** A store's address, and the stack that people sign in to. */
interface Place {
  url: string;
  /** Needed for `group` only. */
  deployment?: Deployment;
}

/** A signed-in customer or merchandiser who calls the store's APIs through the edge, as the storefront does. */
export interface Person {
  email: string;
  customerId: string;
  accessToken: string;
  idToken: string;
  refreshToken: string;
  /** @param base another address than the store's. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    base?: string,
    timeoutMs?: number,
  ): Promise<Response>;
}

/**
 * Signs a new account up and in, through the edge.
 *
 * @param email Default: an address that no other account has.
 */
export async function newPerson(
  store: Place,
  settings: CognitoSettings,
  group?: "merchandisers",
  email = `${group ?? "customer"}.${randomUUID().slice(0, 8)}@example.com`,
): Promise<Person> {
  return signInAs(store, settings, email, await createAccount(store, settings, email, group));
}

/** Signs an account up and confirms its address. Returns its password. */
export async function createAccount(
  store: Place,
  settings: CognitoSettings,
  email: string,
  group?: "merchandisers",
): Promise<string> {
  const Password = `Aa1-${randomUUID()}`;
  const account = { ClientId: settings.clientId, Username: email };
  const UserAttributes = [{ Name: "email", Value: email }];
  await callPool(store, settings, "SignUp", { ...account, Password, UserAttributes });
  await callPool(store, settings, "ConfirmSignUp", { ...account, ConfirmationCode: CONFIRMATION_CODE });
  if (group) await addToGroup(store, settings.userPoolId, email, group);
  return Password;
}

/** Signs an account in through the edge. */
export async function signInAs(
  store: Place,
  settings: CognitoSettings,
  email: string,
  password: string,
): Promise<Person> {
  const proof = beginPasswordProof(settings.userPoolId);
  const ClientId = settings.clientId;
  const { ChallengeParameters: challenge, Session } = await callPool<PasswordAsked>(store, settings, "InitiateAuth", {
    AuthFlow: "USER_SRP_AUTH",
    ClientId,
    AuthParameters: { USERNAME: email, SRP_A: proof.publicKey },
  });
  const { timestamp, signature } = await proof.sign(challenge, password);
  const { AuthenticationResult: tokens } = await callPool<SignedIn>(store, settings, "RespondToAuthChallenge", {
    ClientId,
    ChallengeName: "PASSWORD_VERIFIER",
    Session,
    ChallengeResponses: {
      USERNAME: challenge.USER_ID_FOR_SRP,
      PASSWORD_CLAIM_SECRET_BLOCK: challenge.SECRET_BLOCK,
      PASSWORD_CLAIM_SIGNATURE: signature,
      TIMESTAMP: timestamp,
    },
  });
  if (!tokens) throw new Error(`${email} could not sign in.`);
  const accessToken = tokens.AccessToken;

  return {
    email,
    accessToken,
    idToken: tokens.IdToken,
    refreshToken: tokens.RefreshToken,
    customerId: signedInFrom(decodeJwt(accessToken), "cognito:groups", CUSTOMER_CLAIM)?.customerId ?? "",
    call: (method, path, body, headers = {}, base = store.url, timeoutMs = 30_000) =>
      fetch(`${base}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${accessToken}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      }),
  };
}

interface PasswordAsked {
  ChallengeParameters: PasswordChallenge;
  Session?: string;
}

interface SignedIn {
  /** Absent if the account has a second factor. */
  AuthenticationResult?: { AccessToken: string; IdToken: string; RefreshToken: string };
}

/** Calls a user pool's API as the storefront does. Rejects with an error of Cognito's name. */
async function callPool<Answer>(
  { url }: Place,
  { path }: CognitoSettings,
  operation: (typeof SIGN_IN_OPERATIONS)[number],
  input: object,
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text || "{}");
  const refusal = new Error(`${operation} was answered with ${response.status}: ${text.slice(0, 500)}`);
  refusal.name = /"__type":\s*"(?:[^"#]*#)?([^"]+)"/.exec(text)?.[1] ?? refusal.name;
  throw refusal;
}

async function addToGroup(store: Place, UserPoolId: string, Username: string, GroupName: string): Promise<void> {
  if (store.deployment === undefined) throw new Error(`${Username} cannot join ${GroupName} without a deployment.`);
  const { region, endpoint, credentials } = store.deployment;
  const client = new CognitoIdentityProvider({ region, endpoint, credentials });
  await client.adminAddUserToGroup({ UserPoolId, Username, GroupName });
  client.destroy();
}

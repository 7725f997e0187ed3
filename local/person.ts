import { randomUUID } from "node:crypto";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { decodeJwt } from "jose";
import { CUSTOMER_CLAIM, signedInFrom } from "../domain/auth";
import type { CognitoSettings } from "../domain/auth/settings";
import type { Deployment } from "./deployment/deployment";
import { PasswordProof } from "./srp";

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
 * Signs a new account up and in, through the edge and with the calls of the storefront's library.
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
  const password = `Aa1-${randomUUID()}`;
  const { clientId: ClientId } = settings;
  const UserAttributes = [{ Name: "email", Value: email }];
  await callPool(store, settings, "SignUp", { ClientId, Username: email, Password: password, UserAttributes });
  await callPool(store, settings, "ConfirmSignUp", {
    ClientId,
    Username: email,
    ConfirmationCode: CONFIRMATION_CODE,
  });
  if (group) await addToGroup(store, settings.userPoolId, email, group);
  return password;
}

/** Signs an account in through the edge. */
export async function signInAs(
  store: Place,
  settings: CognitoSettings,
  email: string,
  password: string,
): Promise<Person> {
  const proof = new PasswordProof();
  const { clientId: ClientId } = settings;
  const begun = await callPool<{ ChallengeName?: string; ChallengeParameters: Parameters<PasswordProof["answer"]>[0] }>(
    store,
    settings,
    "InitiateAuth",
    { ClientId, AuthFlow: "USER_SRP_AUTH", AuthParameters: { USERNAME: email, SRP_A: proof.srpA } },
  );
  const { AuthenticationResult: tokens, ChallengeName } = await callPool<{
    ChallengeName?: string;
    AuthenticationResult?: { AccessToken: string; IdToken: string; RefreshToken: string };
  }>(store, settings, "RespondToAuthChallenge", {
    ClientId,
    ChallengeName: begun.ChallengeName,
    ChallengeResponses: proof.answer(begun.ChallengeParameters, settings.userPoolId, password),
  });
  if (!tokens) throw new Error(`${email} could not sign in: the pool asks for ${ChallengeName}.`);
  const { AccessToken: accessToken, IdToken: idToken, RefreshToken: refreshToken } = tokens;

  return {
    email,
    accessToken,
    idToken,
    refreshToken,
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

/** Calls the user pool through the edge. */
async function callPool<Result>(
  { url }: Place,
  { path }: CognitoSettings,
  operation: string,
  input: object,
): Promise<Result> {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${operation} was answered with ${answer.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as Result;
}

async function addToGroup(store: Place, UserPoolId: string, Username: string, GroupName: string): Promise<void> {
  if (store.deployment === undefined) throw new Error(`${Username} cannot join ${GroupName} without a deployment.`);
  const { region, endpoint, credentials } = store.deployment;
  const client = new CognitoIdentityProvider({ region, endpoint, credentials });
  await client.adminAddUserToGroup({ UserPoolId, Username, GroupName });
  client.destroy();
}

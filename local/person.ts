import { randomUUID } from "node:crypto";
import { confirmSignUp, fetchAuthSession, signIn, signUp } from "@aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "@aws-amplify/auth/cognito";
import { Amplify, ConsoleLogger } from "@aws-amplify/core";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { CUSTOMER_CLAIM, signedInFrom } from "../domain/auth";
import type { CognitoSettings } from "../domain/auth/settings";
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
 * Signs a new account up and in, through the edge and with the storefront's own library.
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
  configureLibrary(store, settings);
  const password = `Aa1-${randomUUID()}`;
  await signUp({ username: email, password, options: { userAttributes: { email } } });
  await confirmSignUp({ username: email, confirmationCode: CONFIRMATION_CODE });
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
  const kept = configureLibrary(store, settings);
  await signIn({ username: email, password });
  const { tokens } = await fetchAuthSession();
  if (!tokens) throw new Error(`${email} could not sign in.`);
  const accessToken = String(tokens.accessToken);

  return {
    email,
    accessToken,
    idToken: String(tokens.idToken),
    refreshToken: [...kept].find(([key]) => key.endsWith(".refreshToken"))?.[1] ?? "",
    customerId: signedInFrom(tokens.accessToken.payload, "cognito:groups", CUSTOMER_CLAIM)?.customerId ?? "",
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

/** Points the library, which knows one person at a time, to a user pool, without the tokens of an earlier person. Returns where it keeps tokens. */
function configureLibrary(store: Place, settings: CognitoSettings): ReadonlyMap<string, string> {
  // Hides its warning about a custom endpoint.
  ConsoleLogger.LOG_LEVEL = "ERROR";
  const auth = {
    Cognito: {
      userPoolId: settings.userPoolId,
      userPoolClientId: settings.clientId,
      userPoolEndpoint: `${store.url}${settings.path}`,
    },
  };
  // Signing the earlier person out would revoke their token.
  const kept = new Map<string, string>();
  cognitoUserPoolsTokenProvider.setKeyValueStorage(memory(kept));
  cognitoUserPoolsTokenProvider.setAuthConfig(auth);
  Amplify.configure({ Auth: auth }, { Auth: { tokenProvider: cognitoUserPoolsTokenProvider } });
  return kept;
}

function memory(kept: Map<string, string>) {
  return {
    setItem: async (key: string, value: string) => void kept.set(key, value),
    getItem: async (key: string) => kept.get(key) ?? null,
    removeItem: async (key: string) => void kept.delete(key),
    clear: async () => kept.clear(),
  };
}

async function addToGroup(store: Place, UserPoolId: string, Username: string, GroupName: string): Promise<void> {
  if (store.deployment === undefined) throw new Error(`${Username} cannot join ${GroupName} without a deployment.`);
  const { region, endpoint, credentials } = store.deployment;
  const client = new CognitoIdentityProvider({ region, endpoint, credentials });
  await client.adminAddUserToGroup({ UserPoolId, Username, GroupName });
  client.destroy();
}

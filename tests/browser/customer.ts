import { randomUUID } from "node:crypto";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { decodeJwt } from "jose";
import type { Page } from "playwright-core";
import type { CognitoSettings, SignInSettings } from "../../domain/auth/settings";
import type { Product } from "../../domain/catalogue/product";
import { signInAs } from "../../local/person";
import type { Store } from "../../local/store";
import { untilHolds } from "./browser";

/** Confirmation code of every sign-up in the emulator. */
export const CONFIRMATION_CODE = "123456";

export const PASSWORD = "Correct-Horse-9";

export function newEmail(): string {
  return `ada.${randomUUID().slice(0, 8)}@example.com`;
}

/** Creates an account and confirms its address, with the calls of the sign-up page. */
export function newAccount(store: Store): Promise<string> {
  return withPool(store, createAccount);
}

/**
 * Signs a new customer in, and leaves the page at a text file of the store: the next page that opens has the session. It takes a third of the
 * sign-up page's processor time, as the browser loads no pages for it. The tests of signing up and in use the pages.
 */
export function newCustomer(page: Page, store: Store, group?: "merchandisers", address = newEmail()): Promise<string> {
  return withPool(store, async (client, pool) => {
    const email = await createAccount(client, pool, address);
    if (group) await client.adminAddUserToGroup({ UserPoolId: pool.userPoolId, Username: email, GroupName: group });
    const { accessToken, refreshToken } = await signInAs(store, pool, email, PASSWORD);
    const session = { pool, accessToken, refreshToken, expiresAt: Number(decodeJwt(accessToken).exp) * 1_000, email };
    // As in web/src/signIn.
    await keep(page, { "stayopen.session": JSON.stringify(session) });
    return email;
  });
}

async function createAccount(
  client: CognitoIdentityProvider,
  { clientId: ClientId }: CognitoSettings,
  Username = newEmail(),
) {
  const UserAttributes = [{ Name: "email", Value: Username }];
  await client.signUp({ ClientId, Username, Password: PASSWORD, UserAttributes });
  await client.confirmSignUp({ ClientId, Username, ConfirmationCode: CONFIRMATION_CODE });
  return Username;
}

/** Calls the user pool of the Region that answers. */
async function withPool<Result>(
  store: Store,
  act: (client: CognitoIdentityProvider, pool: CognitoSettings) => Promise<Result>,
): Promise<Result> {
  const pool = await readPool(store);
  const { endpoint, deployment } = store.regions[pool.region]!;
  const client = new CognitoIdentityProvider({ region: pool.region, endpoint, credentials: deployment.credentials });
  try {
    return await act(client, pool);
  } finally {
    client.destroy();
  }
}

/** Puts the first search result into the empty basket. The next page that opens has it. */
export async function putInBasket(page: Page, words = "kettle"): Promise<void> {
  const query = new URLSearchParams({ q: words, availability: "in-stock" });
  const answer = await page.request.get(`/api/catalogue/search?${query}`);
  const { products } = (await answer.json()) as { products: Product[] };
  const { productId, name, price, image, maxPerOrder } = products[0]!;
  // As in web/src/basket.ts.
  const basket = [{ productId, quantity: 1, name, price, image, maxPerOrder }];
  await keep(page, { "stayopen.basket": JSON.stringify(basket) });
}

async function readPool({ url }: Store): Promise<CognitoSettings> {
  let pool: SignInSettings | undefined;
  // While Regions fail over, there may be no answer.
  await untilHolds(async () => {
    const answer = await fetch(`${url}/api/config`);
    pool = ((await answer.json()) as { auth: SignInSettings }).auth;
  });
  if (pool?.kind !== "cognito") throw new Error("The store's customers don't sign in to a user pool.");
  return pool;
}

/** Changes the browser's storage for the store. An open page of the store does not notice. */
async function keep(page: Page, items: Record<string, string>): Promise<void> {
  // The smallest document of the store's origin.
  if (page.url() === "about:blank") await page.goto("/robots.txt");
  await page.evaluate((kept) => {
    for (const [key, value] of Object.entries(kept)) localStorage.setItem(key, value);
  }, items);
}

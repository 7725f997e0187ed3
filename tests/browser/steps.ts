import type { Page } from "playwright-core";
import { CONFIRMATION_CODE, PASSWORD, putInBasket } from "./customer";

const CARD = "4242424242424242";

/** Longer than any retry of the page or the store takes on a busy machine. */
const ORDER_LIMIT = { timeout: 240_000 };

/** Its payment waits until the customer answers the local provider's challenge page. */
export const CHALLENGED_CARD = "4000002760003184";

export async function search(page: Page, words: string): Promise<void> {
  await page.getByRole("combobox", { name: "Search products" }).fill(words);
  await page.keyboard.press("Enter");
}

/** Creates an account from the sign-in page and confirms it. */
export async function signUp(page: Page, email: string): Promise<void> {
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Confirm your email", level: 1 }).waitFor();
  await page.getByLabel("Code").fill(CONFIRMATION_CODE);
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Adds the first search result to the basket on its page, which stays open. `putInBasket` is quicker. */
export async function fillBasket(page: Page, words = "kettle"): Promise<void> {
  await page.goto(`/?${new URLSearchParams({ q: words, availability: "in-stock" })}`);
  await page.locator(".card a").first().click();
  await page.getByRole("button", { name: "Add to basket" }).click();
  await page.getByRole("link", { name: "Go to basket" }).waitFor();
}

export async function fillCheckout(page: Page, card = CARD): Promise<void> {
  await fillAddress(page);
  await fillCard(page, card);
}

export async function fillAddress(page: Page): Promise<void> {
  await page.getByLabel("Name").fill("Ada Example");
  await page.getByLabel("Street and number").fill("Main Street 1");
  await page.getByLabel("Postal code").fill("12345");
  await page.getByLabel("City").fill("Springfield");
  await page.getByLabel("Country").selectOption("US");
}

export async function fillCard(page: Page, card = CARD): Promise<void> {
  await page.getByLabel("Card number").fill(card);
  await page.getByLabel("Expiry date").fill("1249");
  await page.getByLabel("Security code").fill("123");
}

/** Orders the first kettle as the signed-in customer. Resolves with the order's id. */
export async function order(page: Page, card = CARD): Promise<string> {
  await putInBasket(page);
  await page.goto("/checkout");
  await fillCheckout(page, card);
  return placeOrder(page);
}

/** Sends the filled checkout. Resolves with the order's id, also if the order's page leads to the bank's at once. */
export async function placeOrder(page: Page): Promise<string> {
  let orderId: string | undefined;
  const isPlaced = page.waitForURL(({ pathname }) => {
    orderId ??= /\/orders\/([^/]+)$/.exec(pathname)?.[1];
    return orderId !== undefined;
  }, ORDER_LIMIT);
  await Promise.all([isPlaced, page.getByRole("button", { name: /^Place order/ }).click()]);
  return orderId!;
}

/** Waits until an element of this kind has the focus. */
export async function untilFocused(page: Page, selector: string): Promise<void> {
  await page.locator(`${selector}:focus`).first().waitFor({ state: "attached" });
}

/** Reads the latest emailed sign-in code. Waits at most a minute. */
export async function mailedCode(endpoint: string, email: string, than = ""): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`${endpoint}/_ministack/ses/messages`);
    const { messages } = (await answer.json()) as { messages: Record<string, { To: string[]; Subject: string }[]> };
    const codes = Object.values(messages)
      .flat()
      .filter(({ To }) => To.includes(email))
      .flatMap(({ Subject }) => /^(\d{4} \d{4}) is your code/.exec(Subject)?.[1] ?? []);
    const newest = codes.at(-1);
    if (newest !== undefined && newest !== than) return newest;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`No sign-in code was emailed to ${email} within a minute.`);
}

/** Requests an emailed code from the sign-in page, up to the field for it. */
export async function askForCode(page: Page, email: string): Promise<void> {
  await page.getByRole("button", { name: "Sign in with an emailed code" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Email me a code" }).click();
  await page.getByRole("heading", { name: "Enter your code", level: 1 }).waitFor();
}

export async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Waits for the index, which follows the catalogue by about a second. */
export async function untilSearchable(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`${url}/api/catalogue/search?q=kettle`);
    if (answer.ok && ((await answer.json()) as { total: { count: number } }).total.count > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("Search finds no kettle in the sample catalogue within two minutes.");
}

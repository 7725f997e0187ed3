import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";

/** The emulator's confirmation code, whoever signs up. */
export const CONFIRMATION_CODE = "123456";

export const PASSWORD = "Correct-Horse-9";

export const CARD = "4242424242424242";

export function newEmail(): string {
  return `ada.${randomUUID().slice(0, 8)}@example.com`;
}

export async function search(page: Page, words: string): Promise<void> {
  await page.getByRole("combobox", { name: "Search products" }).fill(words);
  await page.keyboard.press("Enter");
}

/** Signs up where the page asks for it, confirms, and is signed in. */
export async function signUp(page: Page, email: string): Promise<void> {
  await page.getByRole("link", { name: "Sign up" }).click();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByLabel("Code").fill(CONFIRMATION_CODE);
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Signs up a new customer, starting anywhere. */
export async function newCustomer(page: Page): Promise<string> {
  const email = newEmail();
  await page.goto("/sign-in");
  await signUp(page, email);
  return email;
}

/** Puts the first product that a search finds into the basket. */
export async function fillBasket(page: Page, words = "kettle"): Promise<void> {
  await page.goto(`/?${new URLSearchParams({ q: words, availability: "in-stock" })}`);
  await page.locator(".card a").first().click();
  await page.getByRole("button", { name: "Add to basket" }).click();
  await page.getByRole("link", { name: "Go to the basket" }).waitFor();
}

export async function fillCheckout(page: Page, card = CARD): Promise<void> {
  await page.getByLabel("Name").fill("Ada Example");
  await page.getByLabel("Street and number").fill("Main Street 1");
  await page.getByLabel("Postal code").fill("12345");
  await page.getByLabel("City").fill("Springfield");
  await page.getByLabel("Country").selectOption("US");
  await page.getByLabel("Card number").fill(card);
  await page.getByLabel("Good until").fill("1249");
  await page.getByLabel("Security code").fill("123");
}

/** Orders the first kettle that there is, as someone who is signed in. Resolves with the order's id. */
export async function order(page: Page, card = CARD): Promise<string> {
  await fillBasket(page);
  await page.goto("/checkout");
  await fillCheckout(page, card);
  await page.getByRole("button", { name: /^Order for/ }).click();
  await page.getByText("Thank you!").waitFor();
  return new URL(page.url()).pathname.split("/").pop()!;
}

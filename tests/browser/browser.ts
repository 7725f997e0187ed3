import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import axe, { type AxeResults } from "axe-core";
import { expect } from "chai";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Debian's browser, or the one that `CHROMIUM` names. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(`There is no ${executablePath}. Install Chromium, or name another one in CHROMIUM.`);
  }
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A visitor with an empty browser. What the page complains about in its console is kept. */
export interface Visitor {
  page: Page;
  complaints: string[];
  leave(): Promise<void>;
}

/** What a browser says by itself about an answer of 400 or more is no complaint of the page. */
const ABOUT_ANSWERS = /^Failed to load resource: the server responded with a status of/;

export async function visitor(browser: Browser, url: string, screen: "desk" | "phone" = "desk"): Promise<Visitor> {
  const context: BrowserContext = await browser.newContext({
    baseURL: url,
    ...(screen === "phone"
      ? { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
      : { viewport: { width: 1280, height: 820 } }),
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`${error}`));
  page.on("console", (message) => {
    const isOurs = page.url().startsWith(url);
    if (isOurs && ["error", "warning"].includes(message.type()) && !ABOUT_ANSWERS.test(message.text())) {
      complaints.push(message.text());
    }
  });
  return { page, complaints, leave: () => context.close() };
}

/** Saves a picture of the page that a failed test saw last. */
export async function keepPicture(page: Page, title: string): Promise<void> {
  const folder = join(__dirname, "..", "..", ".stayopen", "pictures");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${title.replace(/[^A-Za-z0-9]+/g, "-").slice(0, 80)}.png`);
  await page.screenshot({ path, fullPage: true });
  console.log(`      at ${page.url()}, seen in ${path}`);
}

/** Nothing on the page keeps people from using it who can't see it, or not well (WCAG 2.2, A and AA). */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<AxeResults>(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })`,
  );
  const violations = results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  expect(violations).to.deep.equal([]);
}

/** The page is no wider than the screen. */
export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const [content, screen] = await page.evaluate<[number, number]>("[document.documentElement.scrollWidth, innerWidth]");
  expect(content, `${page.url()} is wider than the screen`).to.be.at.most(screen);
}

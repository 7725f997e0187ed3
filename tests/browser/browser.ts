import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AxeResults } from "axe-core";
import { expect } from "chai";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** As in local/setup/browser.mjs. The shell has no windows, whose own pages take as long as the tests' pages. */
const BROWSERS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/** Launches Debian's Chromium, or the browser that `CHROMIUM` names. */
export async function launchBrowser(): Promise<Browser> {
  const { CHROMIUM: named } = process.env;
  const executablePath = (named === undefined ? BROWSERS : [named]).find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(`${named ?? "Chromium"} does not exist. Install Chromium, or set CHROMIUM to a browser's path.`);
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

/** Visitor of the store in a browser. `complaints` has the errors and warnings that the page logs. */
export interface Visitor {
  page: Page;
  complaints: string[];
  leave(): Promise<void>;
}

/** The browser itself logs each answer of 400 or more, and Playwright each service worker that it blocks. */
const ABOUT_ANSWERS =
  /^(Failed to load resource: the server responded with a status of|Service Worker registration blocked)/;

type VisitorOptions = [
  browser: Browser,
  url: string,
  screen?: "desktop" | "phone",
  colorScheme?: "light" | "dark",
  locale?: string,
  // Requests of a service worker pass by the tests' own routes.
  serviceWorkers?: "allow" | "block",
];

/** Visitor with a new browser profile, for tests of what a first visit loads, and of service workers. */
export async function firstVisitor(...options: VisitorOptions): Promise<Visitor> {
  const context = await newProfile(...options);
  return toVisitor(await context.newPage(), options[1], () => context.close());
}

/** Profiles without a visitor, by browser and options. */
const idleProfiles = new WeakMap<Browser, Map<string, BrowserContext[]>>();

/**
 * Visitor with a browser profile that has no cookies and nothing stored. It may have the store's scripts and styles from an earlier visit,
 * compiled, which saves a third of the processor time of each page.
 */
export async function visitor(...options: VisitorOptions): Promise<Visitor> {
  const [browser, url, ...others] = options;
  const ofBrowser = idleProfiles.get(browser) ?? new Map<string, BrowserContext[]>();
  idleProfiles.set(browser, ofBrowser);
  const key = JSON.stringify([url, ...others]);
  const idle = ofBrowser.get(key) ?? [];
  ofBrowser.set(key, idle);
  const earlier = idle.pop();
  const context = earlier ?? (await newProfile(...options));
  const page = await context.newPage();
  if (earlier) await eraseStorage(page, url);
  return toVisitor(page, url, async () => {
    await context.unrouteAll({ behavior: "ignoreErrors" });
    for (const open of context.pages()) await open.close();
    await context.setOffline(false);
    await context.clearCookies();
    idle.push(context);
  });
}

function newProfile(
  browser: Browser,
  url: string,
  screen = "desktop",
  colorScheme: "light" | "dark" = "light",
  locale = "en-US",
  serviceWorkers: "allow" | "block" = "block",
): Promise<BrowserContext> {
  return browser.newContext({
    baseURL: url,
    colorScheme,
    locale,
    serviceWorkers,
    // Else a check of colors may meet an element that is half faded.
    reducedMotion: "reduce",
    ...(screen === "phone"
      ? { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
      : { viewport: { width: 1280, height: 820 } }),
  });
}

async function eraseStorage(page: Page, url: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin: url, storageTypes: "all" });
  await session.detach();
}

function toVisitor(page: Page, url: string, leave: () => Promise<void>): Visitor {
  page.setDefaultTimeout(120_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`${error}`));
  page.on("console", (message) => {
    const isOurs = page.url().startsWith(url);
    if (isOurs && ["error", "warning"].includes(message.type()) && !ABOUT_ANSWERS.test(message.text())) {
      complaints.push(message.text());
    }
  });
  const { goto, reload } = page;
  page.goto = async (...target) => untilStarted(page, await goto.apply(page, target));
  page.reload = async (...options) => untilStarted(page, await reload.apply(page, options));
  return { page, complaints, leave };
}

/** Waits until a page of the storefront answers: as it was rendered beforehand, it looks the same, and only its links work. */
async function untilStarted<Answer>(page: Page, answer: Answer): Promise<Answer> {
  const started = `!document.querySelector('script[src^="/assets/"]') || performance.getEntriesByName("started").length > 0`;
  // Without its scripts, a page never starts. The content security policy forbids `waitForFunction`.
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(20)) {
    if (await page.evaluate<boolean>(started).catch(() => false)) break;
  }
  return answer;
}

/**
 * Repeats a check until it holds; rejects with its last failure. For what a page shows in a later update than the one that was waited for, and
 * for what the store does meanwhile.
 */
export async function untilHolds(check: () => Promise<unknown>, limitMs = 60_000, pauseMs = 50): Promise<void> {
  for (const end = Date.now() + limitMs; ; await sleep(pauseMs)) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** Saves a screenshot of a failed test. */
export async function keepPicture(page: Page, title: string): Promise<void> {
  const folder = join(__dirname, "..", "..", ".stayopen", "pictures");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${title.replace(/[^A-Za-z0-9]+/g, "-").slice(0, 80)}.png`);
  await page.screenshot({ path, fullPage: true });
  console.log(`      at ${page.url()}, screenshot in ${path}`);
}

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** The rules whose result depends on colors. */
const ABOUT_COLORS = ["color-contrast", "link-in-text-block"];

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** Checks the page, in its present state, against WCAG 2.2, levels A and AA, in light and in dark colors. */
export async function expectAccessible(page: Page): Promise<void> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(AXE);
  // Elsewhere the header may cover a part of a link or a field, which axe then finds too small.
  await page.evaluate("scrollTo(0, 0)");
  const isDark = await page.evaluate<boolean>('matchMedia("(prefers-color-scheme: dark)").matches');
  const [own, other] = isDark ? (["dark", "light"] as const) : (["light", "dark"] as const);
  const violations = await violationsOf(page, WCAG, own);
  await page.emulateMedia({ colorScheme: other });
  violations.push(...(await violationsOf(page, ABOUT_COLORS, other)));
  await page.emulateMedia({ colorScheme: own });
  expect(violations).to.deep.equal([]);
}

/** @param checked tags or rules. */
async function violationsOf(page: Page, checked: string[], colors: string): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(document, ${JSON.stringify({ runOnly: checked, resultTypes: ["violations"] })})`,
  );
  return violations.map(({ id, nodes }) => `${id} in ${colors}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** Checks that the page is not wider than the screen, and that no text or field juts out into its margin. */
export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  // Not `innerWidth`: on a phone it grows with a page that is too wide.
  const screen = page.viewportSize()!.width;
  const content = await page.evaluate<number>("document.documentElement.scrollWidth");
  expect(content, `${page.url()} is wider than the screen`).to.be.at.most(screen);
  expect(await page.evaluate(JUTTING_OUT), `${page.url()} has content in its margin`).to.deep.equal([]);
}

const JUTTING_OUT = `
  (() => {
    const main = document.querySelector("main");
    if (!main) return [];
    const edge = main.getBoundingClientRect().right - parseFloat(getComputedStyle(main).paddingRight) + 1;
    const isScrolled = (element) =>
      element !== main && (getComputedStyle(element).overflowX !== "visible" || isScrolled(element.parentElement));
    return [...main.querySelectorAll("*")]
      .filter((element) => element.children.length === 0 && element.checkVisibility() && !isScrolled(element))
      .filter((element) => element.getBoundingClientRect().right > edge)
      .map((element) => element.outerHTML);
  })()`;

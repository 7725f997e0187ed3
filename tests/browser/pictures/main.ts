/** `npm run screenshots`: plays an order with a Region that dies, and writes the pictures of the README. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { type Store, startStore } from "../../../local/store";
import { removeTemporaryFolders, temporaryFolder } from "../../kit/temporaryFolder";
import { launchBrowser } from "../browser";
import { newCustomer } from "../customer";
import { fillBasket, fillCheckout, untilSearchable } from "../steps";
import { animate, type Frame } from "./animatedWebp";

const FOLDER = join(__dirname, "..", "..", "..", "docs", "pictures");
/** Limit of each file, in bytes. */
const MOST_BYTES = 1_000_000;
/** Pixels of the two pages side by side, and of the caption above them. */
const STORE = { width: 420, height: 620 };
const CONSOLE = { width: 760, height: 620 };
const CAPTION = 52;
/** Tried from the best to the smallest until the animation is below the limit. */
const QUALITIES = [80, 70, 60, 50, 40];

/** One moment of the story: both pages, a sentence, and the time that it is shown. */
interface Moment {
  store: Buffer;
  console: Buffer;
  caption: string;
  ms: number;
}

async function main(): Promise<void> {
  const store = await startStore({
    dataDir: temporaryFolder("pictures"),
    fresh: true,
    port: 0,
    regions: 2,
    fast: true,
    pace: { shipmentStepMs: 2_500 },
    onProgress: (line) => console.log(line),
  });
  const browser = await launchBrowser();
  try {
    mkdirSync(FOLDER, { recursive: true });
    await untilSearchable(store.url);
    write("storefront.png", await pictureOfStorefront(browser, store));
    const { moments, orderId } = await play(browser, store);
    write("region-dies.webp", await toAnimation(browser, moments));
    write("console.png", await pictureOfConsole(browser, store, orderId));
  } finally {
    await browser.close();
    await store.stop();
    removeTemporaryFolders();
  }
}

async function pictureOfStorefront(browser: Browser, { url }: Store): Promise<Buffer> {
  const page = await browser.newPage({ baseURL: url, viewport: { width: 1280, height: 860 } });
  await page.goto("/");
  await page.locator(".card a").first().waitFor();
  await page.waitForLoadState("networkidle");
  const picture = await page.screenshot();
  await page.close();
  return picture;
}

async function pictureOfConsole(browser: Browser, { consoleUrl }: Store, orderId: string): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1250 } });
  await page.goto(`${consoleUrl}/#order/${orderId}`);
  await page.getByRole("heading", { name: "Timeline" }).waitFor();
  const picture = await page.screenshot();
  await page.close();
  return picture;
}

/** Plays the story: an order is placed, its Region dies, the other one finishes it. */
async function play(browser: Browser, store: Store): Promise<{ moments: Moment[]; orderId: string }> {
  const [victim = "", survivor = ""] = Object.keys(store.regions);
  const shop = await browser.newPage({ baseURL: store.url, viewport: STORE });
  const view = await browser.newPage({ viewport: CONSOLE });
  const moments: Moment[] = [];
  const add = async (caption: string, ms: number) => {
    const [storePicture, consolePicture] = await Promise.all([shop.screenshot(), view.screenshot()]);
    moments.push({ store: storePicture, console: consolePicture, caption, ms });
  };
  await view.goto(`${store.consoleUrl}/#store`);
  await view.getByText("All is well").waitFor();
  await newCustomer(shop, store);
  await fillBasket(shop);
  const shopping = `A customer shops. Two Regions serve the store, ${victim} and ${survivor}.`;
  await shop.evaluate("scrollTo(0, 0)");
  await add(shopping, 1_800);
  await shop.goto("/checkout");
  await fillCheckout(shop);
  await add(shopping, 1_500);

  // Holds the payment, so that the Region dies in the middle of the order.
  const gate = store.providers.controls.gate({ system: "payment", operation: "authorize", when: "before" });
  await shop.getByRole("button", { name: /^Place order/ }).click();
  await shop.getByText("Thank you!").waitFor();
  const orderId = new URL(shop.url()).pathname.split("/").at(-1)!;
  await add(`The order is accepted in ${victim}, and its payment begins.`, 2_000);
  // The console keeps what it has read of a Region that dies.
  await fetch(`${store.consoleUrl}/orders/${orderId}`);
  const killed = store.chaos.kill(victim);
  await view.getByText(`${victim} is dead.`).waitFor();
  const dead = `${victim} dies in the middle of the order.`;
  await add(dead, 2_000);
  await killed;
  gate.open();
  await shop.getByText("This page now uses another one").waitFor({ timeout: 120_000 });
  await add(`The page moves to ${survivor} by itself.`, 1_800);

  await view.goto(`${store.consoleUrl}/#order/${orderId}`);
  await view.getByRole("heading", { name: "Timeline" }).waitFor();
  const finishing = `${survivor} takes the order over, and finishes it.`;
  for (const [title, status] of [
    ["On its way", "SHIPPED"],
    ["Delivered", "DELIVERED"],
  ] as const) {
    await shop.getByRole("heading", { name: title, level: 1 }).waitFor({ timeout: 240_000 });
    await view.locator(".pill", { hasText: status }).first().waitFor();
    await add(finishing, 1_500);
  }
  const killing = view.locator(".timeline li", { hasText: `${victim} was killed` }).first();
  await killing.scrollIntoViewIfNeeded();
  // The last messages arrive some seconds after the parcel.
  await sleep(3_000);
  await add("Paid once, shipped once, and every step of both Regions on one time axis.", 3_200);
  await shop.close();
  await view.close();
  return { moments, orderId };
}

/** Lays both pages of each moment side by side below its caption, and joins them. */
async function toAnimation(browser: Browser, moments: readonly Moment[]): Promise<Buffer> {
  const width = STORE.width + CONSOLE.width + 36;
  const page = await browser.newPage({ viewport: { width, height: CAPTION + STORE.height + 12 } });
  const session = await page.context().newCDPSession(page);
  for (const quality of QUALITIES) {
    const frames: Frame[] = [];
    for (const moment of moments) {
      await page.setContent(htmlOf(moment));
      await page.waitForFunction("[...document.images].every((one) => one.complete)");
      const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality });
      frames.push({ webp: Buffer.from(data, "base64"), ms: moment.ms });
    }
    const file = animate(frames);
    if (file.length < MOST_BYTES) return file;
  }
  throw new Error(`The animation is larger than ${MOST_BYTES} bytes: show fewer moments.`);
}

function htmlOf({ store, console, caption }: Moment): string {
  const image = (picture: Buffer, { width, height }: typeof STORE) =>
    `<img src="data:image/png;base64,${picture.toString("base64")}" width="${width}" height="${height}">`;
  return `<style>
    body { margin: 0; background: #17202a; display: grid; grid-template-columns: max-content max-content; gap: 0 12px; padding: 0 12px; }
    p { grid-column: 1 / 3; margin: 0; font: 600 20px / ${CAPTION}px system-ui, "Noto Sans", "DejaVu Sans", sans-serif; color: #fff; }
    img { border-radius: 6px; display: block; }
  </style><p>${caption}</p>${image(store, STORE)}${image(console, CONSOLE)}`;
}

function write(name: string, content: Buffer): void {
  if (content.length >= MOST_BYTES)
    throw new Error(`${name} has ${content.length} bytes; it must have less than ${MOST_BYTES}.`);
  writeFileSync(join(FOLDER, name), content);
  console.log(`${join("docs", "pictures", name)}: ${Math.round(content.length / 1_000)} KB`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

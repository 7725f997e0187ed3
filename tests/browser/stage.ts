import type { Browser, Page } from "playwright-core";
import { type Store, startStore } from "../../local/store";
import { temporaryFolder } from "../kit/temporaryFolder";
import { keepPicture, launchBrowser, type Visitor, visitor } from "./browser";
import { untilSearchable } from "./steps";

/** Store and browser shared by all browser tests, and a new visitor for each test. */
export interface Stage {
  store: Store;
  browser: Browser;
  guest: Visitor;
  page: Page;
}

const START_MS = 300_000;

let started: Promise<{ store: Store; browser: Browser }> | undefined;

// One store for all files, started by the first test that needs it.
after(async function () {
  this.timeout(START_MS);
  if (!started) return;
  const { store, browser } = await started;
  await browser.close();
  await store.stop();
});

/** Call inside `describe`. The members are set before each test. */
export function onStage(): Stage {
  const stage = {} as Stage;

  before(async function () {
    this.timeout(START_MS);
    started ??= start();
    const { store, browser } = await started;
    Object.assign(stage, { store, browser });
  });

  beforeEach(async () => {
    stage.guest = await visitor(stage.browser, stage.store.url);
    stage.page = stage.guest.page;
  });

  afterEach(async function () {
    stage.store.providers.controls.clearFaults();
    if (this.currentTest?.state === "failed") await keepPicture(stage.page, this.currentTest.title);
    await stage.guest.leave();
  });

  return stage;
}

export async function heading(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

async function start() {
  const dataDir = temporaryFolder("storefront");
  const [store, browser] = await Promise.all([startStore({ dataDir, fresh: true, port: 0 }), launchBrowser()]);
  await untilSearchable(store.url);
  return { store, browser };
}

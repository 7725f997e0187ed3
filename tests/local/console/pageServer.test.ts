import { expect } from "chai";
import { servePage } from "../../../local/console/pageServer";

describe("servePage", () => {
  it("opens the page's stream of events at once, also while nothing is known", async () => {
    const source = { settings: () => ({}) as never, latest: () => [], timeline: async () => undefined };
    const page = await servePage(0, source, () => undefined);
    try {
      const { status, body } = await fetch(`${page.url}/events`, { signal: AbortSignal.timeout(10_000) });
      expect(status).to.equal(200);
      expect(page.isWatched()).to.equal(true);
      await body?.cancel();
    } finally {
      await page.stop();
    }
  });
});

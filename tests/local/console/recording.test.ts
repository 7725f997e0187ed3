import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { OrderTimeline } from "../../../local/console/orders/timeline";
import { makeRecording, openRecording, readRecording } from "../../../local/console/recording";
import type { ConsoleState, PageSettings } from "../../../local/console/state";
import { temporaryFolder } from "../../kit/temporaryFolder";

const settings: PageSettings = {
  storeUrl: "http://127.0.0.1:8080",
  testCards: [],
  operations: {},
  faultKinds: {},
  regions: ["us-east-1"],
  chaos: true,
  load: true,
};
const state = { orders: { orders: [{ orderId: "o-1" }], total: 1 }, logs: [] } as unknown as ConsoleState;
const timeline = { orderId: "o-1", status: "PAID", items: [], entries: [], usd: 0, missing: [] } as OrderTimeline;

describe("Recording", () => {
  const file = join(temporaryFolder("recording"), "run.json");

  it("is saved with the timelines of its orders, and opened without switches", async () => {
    const recording = await makeRecording({ settings, state, timeline: async () => timeline });
    writeFileSync(file, JSON.stringify(recording));
    const page = await openRecording(readRecording(file));
    try {
      const shown = (await (await fetch(`${page.url}/settings`)).json()) as PageSettings;
      expect(shown).to.deep.include({ chaos: false, load: false, regions: ["us-east-1"] });
      expect(shown.storeUrl).to.equal(undefined);
      expect(shown.recording?.title).to.equal("Recorded run");
      expect(await (await fetch(`${page.url}/orders/o-1`)).json()).to.deep.equal(timeline);
      expect((await fetch(`${page.url}/orders/constructor`)).status).to.equal(404);
      const answer = await fetch(`${page.url}/actions`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: page.url },
        body: "{}",
      });
      expect([answer.status, await answer.json()]).to.deep.equal([400, { detail: "A recording cannot be changed." }]);
    } finally {
      await page.stop();
    }
  });

  it("refuses files that are none, with what to do", () => {
    writeFileSync(file, "{}");
    expect(() => readRecording(file)).to.throw("is not a recording: save one with");
    writeFileSync(file, JSON.stringify({ kind: "stayopen-recording", version: 99 }));
    expect(() => readRecording(file)).to.throw("has version 99; this console opens version 1");
    writeFileSync(file, "no JSON");
    expect(() => readRecording(file)).to.throw("cannot be read as a recording");
  });
});

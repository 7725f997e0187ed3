import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { searchContract } from "./contract";
import { expectUnreachableForPages, isRunning, outlivesItsStarter, startInAnotherProcess } from "./engineProcess";

describe("search on OpenSearch 2.19", () => {
  let isUnreachableForPages: boolean | Error;
  let endsWithItsStarter: boolean;

  // A start takes six processor seconds, so the contract runs on the engine that is started again.
  const engine = searchContract("opensearch", 300_000, async (dataDir) => {
    const first = await startInAnotherProcess("opensearch", dataDir);
    isUnreachableForPages = await expectUnreachableForPages(first.engine.url).then(
      () => true,
      (failure: Error) => failure,
    );
    const put = await fetch(`${first.engine.url}/things/_doc/1?refresh=true`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(put.status).to.equal(201);
    endsWithItsStarter = !(await outlivesItsStarter(first));
  });

  it("cannot be reached at 127.0.0.1", () => expect(isUnreachableForPages).to.equal(true));

  it("ends with the process that started it", () => expect(endsWithItsStarter).to.equal(true));

  it("keeps its index over a restart", async function () {
    this.timeout(300_000);
    let status = 0;
    for (let attempt = 0; attempt < 500 && status !== 200; attempt++) {
      ({ status } = await fetch(`${engine().url}/things/_doc/1`));
      if (status !== 200) await sleep(200);
    }
    expect(status).to.equal(200);
    expect(engine().keepsData).to.equal(true);
  });

  // After the contract, which stops it.
  after(async () => {
    expect(await engine().ended).to.include({ expected: true });
    expect(isRunning(engine().pid)).to.equal(false);
  });
});

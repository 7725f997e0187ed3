import { expect } from "chai";
import { memoryMiBOf } from "../../../../bench/processes";
import { startSearchEngine } from "../../../../local/aws/search/engine";
import { temporaryFolder } from "../../../kit/temporaryFolder";
import { expectUnreachableForPages, isRunning, outlivesItsStarter, startInAnotherProcess } from "./engineProcess";

describe("startSearchEngine", function () {
  this.timeout(300_000);
  let directory: string;
  beforeEach(() => {
    directory = temporaryFolder("stayopen-engine");
  });

  it("ends with the process that started it: osmem", async () => {
    expect(await outlivesItsStarter(await startInAnotherProcess("osmem", directory))).to.equal(false);
  });

  it("ends when it is stopped", async () => {
    const engine = await startSearchEngine("osmem", { dataDir: directory });
    expect(engine.url).to.match(/^http:\/\/127\.\d+\.\d+\.\d+:\d+$/);
    expect((await fetch(engine.url)).status).to.equal(200);
    await engine.stop();
    expect(await engine.ended).to.include({ expected: true });
    expect(isRunning(engine.pid)).to.equal(false);
  });

  it("loads no Japanese dictionary with the first index: osmem", async () => {
    const engine = await startSearchEngine("osmem", { dataDir: directory });
    expect((await fetch(`${engine.url}/products`, { method: "PUT" })).status).to.equal(200);
    const memory = memoryMiBOf(engine.pid);
    await engine.stop();
    expect(memory).to.be.within(5, 100);
  });

  it("cannot be reached at 127.0.0.1: osmem", async () => {
    const engine = await startSearchEngine("osmem", { dataDir: directory });
    await expectUnreachableForPages(engine.url);
    await engine.stop();
  });

  it("reports in one sentence that osmem is missing", async () => {
    const before = process.env["STAYOPEN_VENV"];
    process.env["STAYOPEN_VENV"] = directory;
    try {
      const refusal = await startSearchEngine("osmem", { dataDir: directory }).catch(String);
      expect(refusal).to.include('Run "npm run setup" first.');
    } finally {
      if (before === undefined) delete process.env["STAYOPEN_VENV"];
      else process.env["STAYOPEN_VENV"] = before;
    }
  });
});

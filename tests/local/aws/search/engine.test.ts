import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { memoryMiBOf } from "../../../../bench/processes";
import { startSearchEngine } from "../../../../local/aws/search/engine";
import { temporaryFolder } from "../../../kit/temporaryFolder";

describe("startSearchEngine", function () {
  this.timeout(300_000);
  let directory: string;
  beforeEach(() => {
    directory = temporaryFolder("stayopen-engine");
  });

  const isRunning = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  /** Starts an engine in another process, kills that process, and returns true if the engine still runs. */
  const outlivesItsStarter = async (kind: string) => {
    const engine = JSON.stringify(require.resolve("../../../../local/aws/search/engine"));
    const script = `require(${engine}).startSearchEngine(${JSON.stringify(kind)}, { dataDir: ${JSON.stringify(directory)} }).then(({ pid }) => console.log(pid));`;
    const starter = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface(starter.stdout), "line");
    const pid = Number(line);
    expect(isRunning(pid)).to.equal(true);
    starter.kill("SIGKILL");
    for (let attempt = 0; attempt < 100 && isRunning(pid); attempt++) await sleep(100);
    return isRunning(pid);
  };

  for (const kind of ["osmem", "opensearch"]) {
    it(`ends with the process that started it: ${kind}`, async () => {
      expect(await outlivesItsStarter(kind)).to.equal(false);
    });
  }

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

  for (const kind of ["osmem", "opensearch"] as const) {
    it(`cannot be reached at 127.0.0.1, the address of a page that uses DNS rebinding: ${kind}`, async () => {
      const engine = await startSearchEngine(kind, { dataDir: directory });
      const { hostname, port } = new URL(engine.url);
      const refusal = await fetch(`http://127.0.0.1:${port}`).catch(({ cause }) => cause.code);
      await engine.stop();

      expect(hostname).not.to.equal("127.0.0.1");
      expect(refusal).to.equal("ECONNREFUSED");
    });
  }

  it("keeps its index over a restart of OpenSearch", async () => {
    const put = (url: string) =>
      fetch(`${url}/things/_doc/1?refresh=true`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
    const first = await startSearchEngine("opensearch", { dataDir: directory });
    expect((await put(first.url)).status).to.equal(201);
    await first.stop();
    const second = await startSearchEngine("opensearch", { dataDir: directory });
    try {
      let status = 0;
      for (let attempt = 0; attempt < 500 && status !== 200; attempt++) {
        ({ status } = await fetch(`${second.url}/things/_doc/1`));
        if (status !== 200) await sleep(200);
      }
      expect(status).to.equal(200);
      expect([first.keepsData, second.keepsData]).to.deep.equal([true, true]);
    } finally {
      await second.stop();
    }
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

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { memoryMiBOf } from "../../../../bench/processes";
import { projectRoot } from "../../../../local/aws/emulator/python";
import { type SearchEngine, type SearchEngineKind, startSearchEngine } from "../../../../local/aws/search/engine";
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

  const startInAnotherProcess = async (kind: SearchEngineKind) => {
    const engine = JSON.stringify(require.resolve("../../../../local/aws/search/engine"));
    const script = `require(${engine}).startSearchEngine(${JSON.stringify(kind)}, { dataDir: ${JSON.stringify(directory)} }).then(({ pid, url }) => console.log(JSON.stringify({ pid, url })));`;
    const starter = spawn(process.execPath, ["-r", "./local/loadTypeScript.js", "-e", script], {
      cwd: projectRoot,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface(starter.stdout), "line");
    return { starter, engine: JSON.parse(line) as Pick<SearchEngine, "pid" | "url"> };
  };

  /** Kills the process that has started an engine, and returns true if the engine still runs. */
  const outlivesItsStarter = async ({ starter, engine }: Awaited<ReturnType<typeof startInAnotherProcess>>) => {
    expect(isRunning(engine.pid)).to.equal(true);
    starter.kill("SIGKILL");
    for (let attempt = 0; attempt < 100 && isRunning(engine.pid); attempt++) await sleep(100);
    return isRunning(engine.pid);
  };

  /** A page that uses DNS rebinding reaches 127.0.0.1. */
  const expectUnreachableForPages = async (url: string) => {
    const { hostname, port } = new URL(url);
    expect(hostname).not.to.equal("127.0.0.1");
    expect(await fetch(`http://127.0.0.1:${port}`).catch(({ cause }) => cause.code)).to.equal("ECONNREFUSED");
  };

  it("ends with the process that started it: osmem", async () => {
    expect(await outlivesItsStarter(await startInAnotherProcess("osmem"))).to.equal(false);
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

  // A start of OpenSearch takes six processor seconds.
  it("ends with its starter, can't be reached at 127.0.0.1, and keeps its index over a restart: opensearch", async () => {
    const first = await startInAnotherProcess("opensearch");
    await expectUnreachableForPages(first.engine.url);
    const put = await fetch(`${first.engine.url}/things/_doc/1?refresh=true`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(put.status).to.equal(201);
    expect(await outlivesItsStarter(first)).to.equal(false);

    const second = await startSearchEngine("opensearch", { dataDir: directory });
    let status = 0;
    for (let attempt = 0; attempt < 500 && status !== 200; attempt++) {
      ({ status } = await fetch(`${second.url}/things/_doc/1`));
      if (status !== 200) await sleep(200);
    }
    await second.stop();
    expect(status).to.equal(200);
    expect(second.keepsData).to.equal(true);
    expect(await second.ended).to.include({ expected: true });
    expect(isRunning(second.pid)).to.equal(false);
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

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { projectRoot } from "../../../../local/aws/emulator/python";
import type { SearchEngine, SearchEngineKind } from "../../../../local/aws/search/engine";

interface StartedElsewhere {
  starter: ChildProcess;
  engine: Pick<SearchEngine, "pid" | "url">;
}

/** Starts an engine from another process. */
export async function startInAnotherProcess(kind: SearchEngineKind, dataDir: string): Promise<StartedElsewhere> {
  const module = JSON.stringify(require.resolve("../../../../local/aws/search/engine"));
  const script = `require(${module}).startSearchEngine(${JSON.stringify(kind)}, { dataDir: ${JSON.stringify(dataDir)} }).then(({ pid, url }) => console.log(JSON.stringify({ pid, url })));`;
  const starter = spawn(process.execPath, ["-r", "./local/loadTypeScript.js", "-e", script], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(starter.stdout), "line");
  return { starter, engine: JSON.parse(line) as StartedElsewhere["engine"] };
}

/** Kills the process that has started an engine, and returns true if the engine still runs. */
export async function outlivesItsStarter({ starter, engine }: StartedElsewhere): Promise<boolean> {
  expect(isRunning(engine.pid)).to.equal(true);
  starter.kill("SIGKILL");
  for (let attempt = 0; attempt < 300 && isRunning(engine.pid); attempt++) await sleep(100);
  return isRunning(engine.pid);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A page that uses DNS rebinding reaches 127.0.0.1. */
export async function expectUnreachableForPages(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  expect(hostname).not.to.equal("127.0.0.1");
  expect(await fetch(`http://127.0.0.1:${port}`).catch(({ cause }) => cause.code)).to.equal("ECONNREFUSED");
}

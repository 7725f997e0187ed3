import { type ChildProcess, execFile, fork, spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect } from "chai";
import { freePort, isFree } from "../../../local/servers/ports";
import { type Store, type StoreOptions, startStore } from "../../../local/store";
import { temporaryFolder } from "../../kit/temporaryFolder";

const root = join(__dirname, "../../..");
const loader = join(root, "local", "loadTypeScript.js");
const program = join(root, "tests/local/engine/programs/small");

describe("Starting the store", () => {
  let dataDir: string;
  let store: Store | undefined;
  const options = (): StoreOptions => ({ dataDir, program, port: 0 });

  beforeEach(() => {
    dataDir = temporaryFolder("stayopen-start");
  });
  afterEach(async () => {
    await store?.stop();
    store = undefined;
  });

  const failureOf = (start: Promise<Store>) =>
    start.then(
      () => new Error("It started."),
      (error: Error) => error,
    );

  it("keeps the data of the last run unless `fresh` is set", async () => {
    store = await startStore(options());
    const { outputs, endpoint } = store.deployment;
    await store.stop();

    store = await startStore(options());
    expect(store.deployment.outputs).to.deep.equal(outputs);
    expect(store.deployment.endpoint).to.equal(endpoint);
    const url = `${endpoint}/_aws/execute-api/${new URL(String(outputs["url"])).hostname.split(".")[0]}/$default/notes/n1`;
    expect((await fetch(url, { method: "POST", body: "{}" })).status).to.equal(200);
    await store.stop();

    // Processes of the store have other working folders.
    store = await startStore({ ...options(), dataDir: relative(process.cwd(), dataDir), fresh: true });
    expect(store.deployment.outputs["tableName"]).not.to.equal(outputs["tableName"]);
  });

  it("hides keys and data from other users of the machine, even in a folder that they could read before", async () => {
    chmodSync(dataDir, 0o755);

    store = await startStore(options());

    const written = readdirSync(dataDir, { recursive: true, encoding: "utf8" }).map((name) => join(dataDir, name));
    const open = [dataDir, ...written].filter((file) => existsSync(file) && (statSync(file).mode & 0o077) !== 0);
    expect(written.length).to.be.above(5);
    // A server's certificate is public.
    expect(open.filter((file) => !file.endsWith(".pem"))).to.deep.equal([]);
  });

  it("names the running store, and does not stop it", async () => {
    store = await startStore(options());

    const failure = await failureOf(startStore(options()));

    expect(failure.message).to.equal(
      `The store is already running at ${store.url} (process ${process.pid}): stop it with Ctrl-C in its terminal.`,
    );
    expect((await fetch(`${store.deployment.endpoint}/_ministack/ready`)).status).to.equal(200);
  });

  it("names a port that is in use, before it starts a part", async () => {
    const port = await freePort();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(port + 1, "127.0.0.1", resolve));
    try {
      const progress: string[] = [];
      const failure = await failureOf(startStore({ ...options(), port, onProgress: (line) => progress.push(line) }));

      expect(progress).to.deep.equal([]);
      expect(failure.message).to.match(new RegExp(`^Port ${port + 1}, wanted for the console page, is in use: `));
      expect(existsSync(join(dataDir, "lock.json"))).to.equal(false);
      expect(await portsFree(dataDir)).to.equal(true);
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it("names a mistake in the program, and stops all started parts", async () => {
    const faulty = join(root, "tests/local/engine/programs/faulty");

    const failure = await failureOf(
      startStore({ ...options(), program: faulty, config: { "faulty:mode": "bad name" } }),
    );

    expect(failure.message).to.match(/^site \(aws:s3\/bucket:Bucket\) is refused: /);
    expect(await portsFree(dataDir)).to.equal(true);
  });

  it("reports a part that ended unexpectedly", async () => {
    store = await startStore(options());

    process.kill(store.emulator.pid, "SIGKILL");

    expect(await store.broken).to.equal("The emulator of us-east-1 ended by SIGKILL unexpectedly.");
  });

  const starters = [
    ["when it is killed", "startAndWait.ts"],
    ["when it is killed while its Region is frozen", "startAndFreeze.ts"],
  ] as const;
  for (const [when, starter] of starters) {
    it(`leaves nothing behind ${when}, and starts again`, async () => {
      const child = fork(join(__dirname, starter), [dataDir, program], {
        execArgv: ["-r", loader],
        stdio: "ignore",
      });
      const { endpoint } = await new Promise<{ endpoint: string }>((resolve, reject) => {
        child.once("message", (message) => resolve(message as { endpoint: string }));
        child.once("exit", (code) => reject(new Error(`The starter ended with ${code}.`)));
      });
      child.removeAllListeners("exit");
      const engine = `osmem-server -no-ja -addr 127[.0-9]+:[0-9]+ -parent-pid ${child.pid}$`;
      expect(await processesOf(engine)).to.have.length(1);
      child.kill("SIGKILL");
      const gone = async () => (await portsFree(dataDir)) && (await processesOf(engine)).length === 0;
      for (let tries = 0; tries < 1_000 && !(await gone()); tries++) await sleep(50);

      expect(await gone()).to.equal(true);
      store = await startStore(options());
      expect(store.deployment.endpoint).to.equal(endpoint);
    });
  }

  it("restarts a killed Region with its data, at the same address", async () => {
    store = await startStore(options());
    const { outputs, endpoint, region } = store.deployment;
    const id = new URL(String(outputs["url"])).hostname.split(".")[0];
    const note = `${endpoint}/_aws/execute-api/${id}/$default/notes/n1`;

    await store.chaos.kill(region);
    const dead = await fetch(note).catch((error: Error) => error.message);
    await store.chaos.return(region);

    expect(dead).to.equal("fetch failed");
    expect((await fetch(note, { method: "POST", body: "{}" })).status).to.equal(200);
  });

  it("refuses one Region's data for two Regions", async () => {
    store = await startStore(options());
    await store.stop();

    const failure = await failureOf(startStore({ ...options(), regions: 2 }));

    expect(failure.message).to.equal(
      `The data in ${dataDir} belong to a run with one Region: choose another folder with --data, or start with --fresh.`,
    );
  });

  it("leaves nothing behind when stopped while starting", async () => {
    const start = [join(root, "local", "start.ts"), "--data", dataDir, "--port", "0"];
    const child = spawn("node", ["-r", loader, ...start], { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (data: Buffer) => data.toString().includes("Deploying") && resolve());
    });
    child.kill("SIGINT");
    await ended(child);
    for (let tries = 0; tries < 1_000 && !(await portsFree(dataDir)); tries++) await sleep(50);

    expect(child.exitCode).to.equal(130);
    expect(await portsFree(dataDir)).to.equal(true);
  });
});

describe("npm start's options", () => {
  const wrong: [string[], RegExp][] = [
    [["--fresh", "--keep"], /^--fresh and --keep exclude each other: give one of them\.$/],
    [["--search", "lucene"], /^There is no search engine "lucene": give osmem or opensearch\.$/],
    [["--port", ""], /^"" is not a port: give 1 to 65534, or 0 for a free one\.$/],
    [["--regions", "3"], /^--regions is "3": give 1 or 2\.$/],
    [["--regions", "2", "--stack", "dev"], /^--stack and --regions 2 exclude each other: give one of them\.$/],
    [["--colour", "red"], /^Unknown option '--colour'/],
  ];
  for (const [args, sentence] of wrong) {
    it(`refuse ${args.join(" ")} in one sentence`, async () => {
      const failure = await run(args);

      expect(failure.code).to.equal(1);
      expect(failure.stderr.trim()).to.match(sentence);
      expect(failure.stderr).not.to.contain("    at ");
    });
  }

  it("name the missing part when set-up never ran", async () => {
    const failure = await run([], { STAYOPEN_VENV: "/nowhere" });

    expect(failure.code).to.equal(1);
    expect(failure.stderr.trim()).to.match(
      /^The emulators' Python environment is missing: \/nowhere does not exist\. Run "npm run setup" first\.$/,
    );
  });

  async function run(args: string[], env: Record<string, string> = {}): Promise<{ code: number; stderr: string }> {
    const dataDir = temporaryFolder("stayopen-options");
    const start = [join(root, "local", "start.ts"), "--data", dataDir, ...args];
    try {
      const { stderr } = await promisify(execFile)("node", ["-r", loader, ...start], {
        cwd: root,
        env: { ...process.env, ...env },
      });
      return { code: 0, stderr };
    } catch (error) {
      return error as { code: number; stderr: string };
    }
  }
});

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
  });
}

/** Ids of the processes whose command line matches. */
async function processesOf(pattern: string): Promise<string[]> {
  const found = await promisify(execFile)("pgrep", ["-f", "--", pattern]).catch(() => ({ stdout: "" }));
  return found.stdout.split("\n").filter((line) => line !== "");
}

/** Returns true if no port of the data folder is listened on. */
async function portsFree(dataDir: string): Promise<boolean> {
  const { ports } = JSON.parse(readFileSync(join(dataDir, "settings.json"), "utf8")) as {
    ports: Record<string, number>;
  };
  const free = await Promise.all(Object.values(ports).map(isFree));
  return free.every(Boolean);
}

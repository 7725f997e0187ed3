import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { temporaryFolder } from "../../kit/temporaryFolder";

const root = join(__dirname, "../../..");

describe("The npm scripts", () => {
  it("never set up and run in one shell, which would keep using the first Node.js that it found", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const chained = Object.values(scripts).filter((script) => /setup\.mjs.*(&&|;)/.test(script));
    expect(chained).to.deep.equal([]);
    expect(scripts["prestart"]).to.contain("setup.mjs");
    expect(scripts["pretest"]).to.contain("setup.mjs");
  });
});

describe("Set-up's downloads", () => {
  it("are pinned by hash for every package of PyPI", () => {
    const requirements = readFileSync(join(root, "local", "aws", "emulator", "requirements.txt"), "utf8");
    const packages = requirements
      .replace(/^#.*$/gm, "")
      .replaceAll("\\\n", " ")
      .split("\n")
      .filter((line) => line.trim() !== "");
    expect(packages.length).to.be.above(15);
    const loose = packages.filter((line) => !/^\S+==\S+( ;[^-]*)?(\s+--hash=sha256:[0-9a-f]{64})+\s*$/.test(line));
    expect(loose).to.deep.equal([]);
  });

  it("are refused if a jar is missing, unknown or differs from its checksum", async () => {
    const script: string = join(root, "local", "setup", "openSearch.mjs");
    const { findUnpinnedJar } = (await import(script)) as {
      findUnpinnedJar(folder: string, checksums: string): string | undefined;
    };
    const folder = temporaryFolder("stayopen-jars");
    writeFileSync(join(folder, "a.jar"), "abc");
    const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(findUnpinnedJar(folder, `${sha256}  a.jar\n`)).to.equal(undefined);
    expect(findUnpinnedJar(folder, `${"0".repeat(64)}  a.jar\n`)).to.equal("a.jar");
    expect(findUnpinnedJar(folder, `${sha256}  a.jar\n${sha256}  b.jar\n`)).to.equal("b.jar");
    expect(findUnpinnedJar(folder, "")).to.equal("a.jar");
  });
});

describe("Set-up of the browser", () => {
  const shell = "/usr/bin/chromium-headless-shell";
  const full = "/usr/bin/chromium";

  /** Set-up on a machine with these programs, whose registry has these packages. Resolves with what was installed. */
  async function installed(machine: { programs?: string[]; packages?: string[]; isRoot?: boolean; named?: string }) {
    const { programs = [], packages = [], isRoot = true, named } = machine;
    const names: string[] = [];
    const script: string = join(root, "local", "setup", "browser.mjs");
    const { setUpBrowser } = (await import(script)) as {
      setUpBrowser(progress: (line: string) => void, machine: object): Promise<void>;
    };
    await setUpBrowser(() => undefined, {
      exists: (path: string) => programs.includes(path),
      mayInstall: isRoot,
      named,
      install: async (name: string, limitMs?: number) => {
        if (!packages.includes(name)) throw Object.assign(new Error(name), { lastLine: `E: no ${name}` });
        names.push(limitMs === undefined ? name : `${name}, limited`);
      },
    });
    return names;
  }

  it("prefers the headless shell, and takes a whole browser where there is no shell", async () => {
    expect(await installed({ programs: [shell] })).to.deep.equal([]);
    expect(await installed({ programs: [full], packages: ["chromium-headless-shell"] })).to.deep.equal([
      "chromium-headless-shell, limited",
    ]);
    expect(await installed({ packages: ["chromium-headless-shell"] })).to.deep.equal(["chromium-headless-shell"]);
    expect(await installed({ programs: [full] })).to.deep.equal([]);
    expect(await installed({ programs: [full], isRoot: false })).to.deep.equal([]);
    expect(await installed({ packages: ["chromium"] })).to.deep.equal(["chromium"]);
    expect(await installed({ programs: ["/opt/browser"], named: "/opt/browser" })).to.deep.equal([]);
  });

  it("reports in one sentence that there is no browser", async () => {
    const messageOf = (machine: Parameters<typeof installed>[0]) =>
      installed(machine).then(String, (error: Error) => error.message);
    const hint = "install Chromium, or name one in CHROMIUM (on Debian: apt-get install chromium-headless-shell).";
    expect(await messageOf({ isRoot: false })).to.equal(`the browser tests need a browser: ${hint}`);
    expect(await messageOf({})).to.equal(`Chromium could not be installed (E: no chromium): ${hint}`);
    expect(await messageOf({ named: "/opt/gone" })).to.equal(`/opt/gone does not exist: ${hint}`);
  });
});

/** A clone with the files that set-up reads, and with stand-ins for the commands that it runs. */
describe("Set-up", () => {
  let clone: string;
  let bin: string;
  let nodeOptions: string;

  beforeEach(() => {
    nodeOptions = "";
    clone = temporaryFolder("stayopen-setup");
    bin = join(clone, "bin");
    mkdirSync(bin);
    cpSync(join(root, "local", "setup"), join(clone, "local", "setup"), { recursive: true });
    cpSync(
      join(root, "local", "aws", "emulator", "requirements.txt"),
      join(clone, "local", "aws", "emulator", "requirements.txt"),
    );
    cpSync(join(root, "package.json"), join(clone, "package.json"));
    const openSearch = join("local", "aws", "search", "opensearch");
    cpSync(join(root, openSearch), join(clone, openSearch), { recursive: true });
    writeFileSync(join(clone, "package-lock.json"), "{}");
    symlinkSync(process.execPath, join(bin, "node"));
  });

  function command(name: string, script: string): void {
    const file = join(bin, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** Working stand-ins for npm and Python, which log their calls. */
  function workingCommands(): void {
    const log = join(clone, "calls");
    command("npm", `echo "npm $*" >> ${log}; /bin/mkdir -p node_modules; echo "{}" > node_modules/.package-lock.json`);
    const python = `case "$1$2" in
      -c*) echo 3 11 ;;
      -mvenv) echo venv >> ${log}; /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python" ;;
      -mpip) echo pip >> ${log} ;;
    esac`;
    command("python3", python);
  }

  /** Makes set-up run under another version of Node.js than the test's. */
  function pretendNode(version: string): void {
    const file = join(clone, "pretend.cjs");
    writeFileSync(file, `Object.defineProperty(process.versions, "node", { value: "${version}" });`);
    nodeOptions = `--require=${file}`;
  }

  async function setUp(...flags: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const env = { PATH: bin, HOME: clone, STAYOPEN_VENV: "", NODE_OPTIONS: nodeOptions };
    try {
      const done = await promisify(execFile)(process.execPath, [join(clone, "local/setup/setup.mjs"), ...flags], {
        cwd: clone,
        env,
      });
      return { code: 0, ...done };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  }

  const leftovers = () => (existsSync(join(clone, ".stayopen")) ? readdirSync(join(clone, ".stayopen")) : []);

  it("installs what is missing once, and prints nothing afterwards", async () => {
    workingCommands();

    const first = await setUp();
    const second = await setUp();

    expect(first).to.include({ code: 0, stderr: "" });
    expect(first.stdout).to.match(/npm packages[^\n]*\n[^\n]*Python environment/);
    expect(leftovers()).to.deep.equal(["venv"]);
    expect(second).to.include({ code: 0, stdout: "", stderr: "" });
  });

  it("installs again when the lock file or the pinned versions have changed", async () => {
    workingCommands();
    await setUp();
    writeFileSync(join(clone, "package-lock.json"), '{"changed":true}');
    writeFileSync(join(clone, "local/aws/emulator/requirements.txt"), "ministack==0\n");

    const { stdout } = await setUp();

    expect(stdout).to.match(/npm packages[^\n]*\n[^\n]*Python environment/);
  });

  const troubles: [what: string, prepare: () => void, sentence: RegExp][] = [
    [
      "Python is missing",
      () => rmSync(join(bin, "python3")),
      /^Set-up stopped: Python 3\.11 or later is missing: install it .*$/,
    ],
    [
      "Python is too old",
      () => command("python3", "echo 3 8"),
      /^Set-up stopped: Python 3\.8 is too old: install Python 3\.11 or later\.$/,
    ],
    [
      "Python has no venv module",
      () => command("python3", `echo "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1`),
      /^Set-up stopped: python3 has no venv module: install it .*$/,
    ],
    [
      "npm cannot reach its registry",
      () => command("npm", 'echo "npm error code ENOTFOUND" >&2; exit 1'),
      /^Set-up stopped: the npm packages are missing and the npm registry cannot be reached: check the network and start again\.$/,
    ],
    [
      "PyPI cannot be reached",
      () =>
        command(
          "python3",
          `case "$1$2" in -c*) echo 3 11 ;; -mvenv) /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python" ;; *) echo "Failed to establish a new connection" >&2; exit 1 ;; esac`,
        ),
      /^Set-up stopped: the emulators' Python packages are missing and PyPI cannot be reached: check the network and start again\.$/,
    ],
  ];
  for (const [what, prepare, sentence] of troubles) {
    it(`reports in one sentence that ${what}, and leaves nothing half done`, async () => {
      workingCommands();
      prepare();

      const { code, stderr } = await setUp();

      expect(code).to.equal(1);
      expect(stderr.trim()).to.match(sentence);
      expect(leftovers()).to.deep.equal([]);
    });
  }

  it("removes the remains of an interrupted set-up", async () => {
    workingCommands();
    const half = join(clone, ".stayopen", "venv.4711", "bin", "python");
    mkdirSync(dirname(half), { recursive: true });
    writeFileSync(half, "");

    expect((await setUp()).code).to.equal(0);
    expect(leftovers()).to.deep.equal(["venv"]);
  });

  it("reports in one sentence that Node.js is too old and that the packages have no newer one", async () => {
    workingCommands();
    pretendNode("20.20.2");

    expect(await setUp()).to.include({
      code: 1,
      stderr:
        'Node.js 20.20.2 is too old: Node.js 22 or later is needed. Install it, or run "npm rebuild node", which fetches it into node_modules.\n',
    });
  });

  it("runs under an old Node.js if the packages have a newer one", async () => {
    workingCommands();
    command(
      "npm",
      '/bin/mkdir -p node_modules/node/bin; echo > node_modules/node/bin/node; echo "{}" > node_modules/.package-lock.json',
    );
    pretendNode("20.20.2");

    expect(await setUp()).to.include({ code: 0, stderr: "" });
  });

  const javaTroubles: [what: string, commands: Record<string, string>, sentence: string][] = [
    ["is missing", {}, "OpenSearch needs a Java development kit, version 17 or later, and java is missing"],
    [
      "is too old",
      { java: `echo 'openjdk version "11.0.21" 2023-10-17' >&2` },
      "OpenSearch needs a Java development kit, version 17 or later, and java has version 11",
    ],
    [
      "8 numbers its version in the old way",
      { java: `echo 'java version "1.8.0_392"' >&2` },
      "OpenSearch needs a Java development kit, version 17 or later, and java has version 8",
    ],
    [
      "has no compiler",
      { java: `echo 'openjdk version "17.0.9"' >&2` },
      "OpenSearch needs a Java development kit, version 17 or later, and javac is missing",
    ],
    [
      "is there, but Maven is not",
      { java: `echo 'openjdk version "17.0.9"' >&2`, javac: "echo javac 17.0.9" },
      "OpenSearch is fetched by Maven, and mvn is missing or does not run",
    ],
    [
      "and Maven are there, but Maven Central cannot be reached",
      {
        java: `echo 'openjdk version "21" 2023-09-19' >&2`,
        javac: "echo javac 21",
        mvn: 'case "$1" in -v) ;; *) echo "[ERROR] Unknown host repo.maven.apache.org"; echo "[ERROR] more"; exit 1 ;; esac',
      },
      "Maven could not fetch OpenSearch: [ERROR] Unknown host repo.maven.apache.org",
    ],
  ];
  for (const [what, commands, sentence] of javaTroubles) {
    it(`reports in one sentence that Java ${what}`, async () => {
      workingCommands();
      for (const [name, script] of Object.entries(commands)) command(name, script);

      const { code, stderr } = await setUp("--opensearch");

      expect(code).to.equal(1);
      expect(stderr.split("\n")).to.have.length(2);
      expect(stderr).to.include(`Set-up stopped: ${sentence}`);
    });
  }

  it("refuses an unknown flag", async () => {
    expect((await setUp("--everything")).stderr.trim()).to.equal(
      'Set-up stopped: Set-up does not know "--everything"; it knows --browser and --opensearch.',
    );
  });
});

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { emptyDataFolder, openDataFolder } from "../../local/dataFolder";
import { temporaryFolder } from "../kit/temporaryFolder";

const modeOf = (folder: string) => statSync(folder).mode & 0o777;

describe("openDataFolder", () => {
  it("creates a folder that no other user can read, and closes the one of an earlier run", () => {
    const folder = join(temporaryFolder("data-folder"), "a", "b");
    openDataFolder(folder);
    expect(modeOf(folder)).to.equal(0o700);
    const earlier = temporaryFolder("data-folder");
    mkdirSync(join(earlier, "us-east-1"));
    openDataFolder(earlier);
    expect(modeOf(earlier)).to.equal(0o700);
  });

  it("leaves a folder with other files as it is, and says what to do", () => {
    const folder = join(temporaryFolder("data-folder"), "home");
    mkdirSync(folder, { mode: 0o755 });
    writeFileSync(join(folder, "letter.txt"), "");
    const sentence = `The data folder ${folder} can't be used (it has files, and none of a store): give an empty or a new one with --data.`;
    expect(() => openDataFolder(folder)).to.throw(sentence);
    expect(modeOf(folder)).to.equal(0o755);
  });

  it("names what prevents it from using a folder", () => {
    const file = join(temporaryFolder("data-folder"), "file");
    writeFileSync(file, "");
    for (const folder of [file, join(file, "below"), "/dev/null/a/b"]) {
      expect(() => openDataFolder(folder)).to.throw(
        /^The data folder \S+ can't be used \(E\w+: .*\): give an empty or a new one with --data\.$/,
      );
    }
  });
});

// Linux's folders of processes and devices; elsewhere there are none that refuse the administrator too.
(existsSync("/proc/self") ? describe : describe.skip)("openDataFolder below /proc", () => {
  it("names a folder that cannot be made, instead of trying for ever", () => {
    // In a process of its own, with a limit: a loop in `mkdirSync` would stop the tests.
    const script =
      'try { require("./local/dataFolder").openDataFolder(process.argv[1]) } catch (error) { console.log(error.message) }';
    for (const folder of ["/proc/x", "/proc/x/y"]) {
      const args = ["-r", "./local/loadTypeScript.js", "-e", script, folder];
      const { stdout } = spawnSync(process.execPath, args, {
        encoding: "utf8",
        timeout: 20_000,
        killSignal: "SIGKILL",
      });
      expect(stdout.trim()).to.match(
        /^The data folder \/proc\/x(\/y)? can't be used \(ENOENT: .*\): give an empty or a new one with --data\.$/,
      );
    }
  }).timeout(60_000);
});

describe("emptyDataFolder", () => {
  it("removes what a run has written, and nothing else", () => {
    const folder = temporaryFolder("data-folder");
    mkdirSync(join(folder, "us-west-2", "tables"), { recursive: true });
    for (const name of ["settings.json", "deployed.json", "notes.txt"]) writeFileSync(join(folder, name), "");
    emptyDataFolder(folder);
    expect(readdirSync(folder)).to.deep.equal(["notes.txt"]);
    expect(existsSync(join(folder, "us-west-2"))).to.equal(false);
  });
});

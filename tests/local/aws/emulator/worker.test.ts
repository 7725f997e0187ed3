import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { temporaryFolder } from "../../../kit/temporaryFolder";

const script = path.join(__dirname, "../../../../local/aws/emulator/worker.js");

describe("A function's worker", () => {
  /** Starts a worker with a function's code, calls it once, and returns both answers. */
  async function callOnce(code: string, environment: Record<string, string> = {}) {
    const folder = temporaryFolder("worker");
    fs.writeFileSync(path.join(folder, "index.js"), code);
    const env = { ...process.env, ...environment };
    const worker = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "pipe"], env });
    const answers = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
    const ask = async (message: object) => {
      worker.stdin.write(`${JSON.stringify(message)}\n`);
      return JSON.parse(String((await answers.next()).value)) as {
        status: string;
        result?: unknown;
        failure?: { trace: string[] };
      };
    };
    const started = await ask({ code_dir: folder, module: "index", handler: "handler", env: {}, function_name: "f" });
    const answer = await ask({ event: {} });
    const ended = once(worker, "exit");
    worker.stdin.end();
    await ended;
    return { started, answer };
  }

  it("loads no fetch when the SDK imports Node's HTTP client", async () => {
    const { started, answer } = await callOnce(
      `exports.handler = async () => {
        const { request } = await import("node:http");
        return [typeof request, process.moduleLoadList.filter((name) => name.includes("undici/undici"))];
      };`,
    );
    expect(started.status).to.equal("ready");
    expect(answer.result).to.deep.equal(["function", []]);
  });

  describe("with a folder for compiled code", () => {
    const code = `const { join } = require("node:path");
      exports.handler = async () => [join("a", "b"), process.env.COMPILED_CODE ?? null, module.id === __filename];`;
    const keptIn = (folder: string) => fs.readdirSync(folder).map((name) => path.join(folder, name));

    it("takes the code that an earlier worker has kept, in another folder, and hides the folder from the function", async () => {
      const folder = path.join(temporaryFolder("compiled"), "functions");
      for (const _ of ["first", "second"]) {
        const { answer } = await callOnce(code, { COMPILED_CODE: folder });
        expect(answer.result).to.deep.equal(["a/b", null, true]);
        expect(keptIn(folder)).to.have.length(1);
        // A worker that uses it keeps it as it is.
        fs.utimesSync(keptIn(folder)[0]!, 1, 1);
      }
      expect(fs.statSync(keptIn(folder)[0]!).mtimeMs).to.equal(1_000);
    });

    it("replaces code of another version of V8, and begins without a folder that it can write", async () => {
      const folder = path.join(temporaryFolder("compiled"), "functions");
      await callOnce(code, { COMPILED_CODE: folder });
      const [kept = ""] = keptIn(folder);
      const size = fs.statSync(kept).size;
      fs.writeFileSync(kept, "no code");
      expect((await callOnce(code, { COMPILED_CODE: folder })).answer.status).to.equal("ok");
      expect(fs.statSync(kept).size).to.equal(size);
      const { answer } = await callOnce(code, { COMPILED_CODE: path.join(kept, "below a file") });
      expect(answer.status).to.equal("ok");
    });

    it("loads ES modules too, and reports errors at their place", async () => {
      const folder = path.join(temporaryFolder("compiled"), "functions");
      const module = `import "node:fs";\nexport const handler = async () => "from a module";`;
      expect((await callOnce(module, { COMPILED_CODE: folder })).answer.result).to.equal("from a module");
      const { answer } = await callOnce(`exports.handler = () => { throw new Error("x"); };`, {
        COMPILED_CODE: folder,
      });
      expect(answer.failure?.trace[1]).to.match(/index\.js:1:33\)?$/);
    });
  });
});

import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { temporaryFolder } from "../../../kit/temporaryFolder";

const script = path.join(__dirname, "../../../../local/aws/emulator/worker.js");

describe("A function's worker", () => {
  it("loads no fetch when the SDK imports Node's HTTP client", async () => {
    const folder = temporaryFolder("worker");
    fs.writeFileSync(
      path.join(folder, "index.js"),
      `exports.handler = async () => {
        const { request } = await import("node:http");
        return [typeof request, process.moduleLoadList.filter((name) => name.includes("undici/undici"))];
      };`,
    );
    const worker = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
    const answers = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
    const ask = async (message: object) => {
      worker.stdin.write(`${JSON.stringify(message)}\n`);
      return JSON.parse(String((await answers.next()).value)) as { status: string; result?: unknown };
    };
    const started = await ask({ code_dir: folder, module: "index", handler: "handler", env: {}, function_name: "f" });
    const answer = await ask({ event: {} });
    worker.stdin.end();
    expect(started.status).to.equal("ready");
    expect(answer.result).to.deep.equal(["function", []]);
  });
});

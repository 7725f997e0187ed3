import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect } from "chai";

/** Runs in a child process because the import changes Pulumi's runtime. */
function tracesWith(environment: Record<string, string>): { ofPromise: string; ofError: string; value: number } {
  const script = `
    require("./disablePromiseTraces.ts");
    const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
    const promise = Promise.resolve(7);
    debuggablePromise(promise, "a test").then((value) =>
      console.log(JSON.stringify({ ofPromise: promise._debugStackTrace, ofError: new Error("wrong").stack, value })),
    );`;
  const { PULUMI_DEBUG_PROMISE_LEAKS: _, ...env } = process.env;
  const output = execFileSync(process.execPath, ["-r", "./local/loadTypeScript.js", "-e", script], {
    cwd: resolve(__dirname, ".."),
    env: { ...env, ...environment },
    encoding: "utf8",
  });
  return JSON.parse(output);
}

describe("disablePromiseTraces", () => {
  it("removes the stack traces of promises and keeps those of errors", () => {
    const { ofPromise, ofError, value } = tracesWith({});
    expect(ofPromise).to.equal("Error");
    expect(ofError).to.match(/^Error: wrong\n +at /);
    expect(value).to.equal(7);
  });

  it("keeps them when PULUMI_DEBUG_PROMISE_LEAKS is set", () => {
    expect(tracesWith({ PULUMI_DEBUG_PROMISE_LEAKS: "true" }).ofPromise).to.match(/\n +at debuggablePromise/);
  });
});

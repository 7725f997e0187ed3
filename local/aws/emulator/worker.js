// Execution environment of a Node.js function in the local run. The launcher replaces MiniStack's worker by this text. It uses
// MiniStack's protocol (JSON lines on standard input and output) and behaves like Lambda's Node.js runtime: no module is replaced
// but for what `fetch` brings into node:http, an error keeps its name, and logs go to standard error.
"use strict";

const fs = require("node:fs");
const http = require("node:http");
const Module = require("node:module");
const path = require("node:path");
const readline = require("node:readline");
const { pathToFileURL } = require("node:url");
const vm = require("node:vm");

// The SDK imports node:http for endpoints without TLS, as the emulator's. `import()` reads each export, and these load all of `fetch`: 36 ms of
// processor time in each worker, which calls of AWS do not have.
for (const name of ["WebSocket", "CloseEvent", "MessageEvent"]) delete http[name];

// Standard output is for the protocol; the function's own output goes to its log.
const answerWith = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
const answer = (message) => answerWith(`${JSON.stringify(message)}\n`);

/** Converts an error to an invocation's payload. */
function failureOf(error) {
  if (error instanceof Error) {
    return {
      errorType: error.name || "Error",
      errorMessage: error.message,
      trace: String(error.stack ?? "").split("\n"),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

/** Settles the current invocation, if any. */
let settle;

/** Reports an error after which Lambda starts a new environment, and exits. */
function crash(errorType, error) {
  const failure = { ...failureOf(error), errorType };
  process.stderr.write(`${failure.errorType} ${failure.errorMessage}\n${failure.trace.join("\n")}\n`);
  if (settle) settle({ failure, ends: true });
  answerWith("", () => process.exit(1));
}
process.on("unhandledRejection", (reason) => crash("Runtime.UnhandledPromiseRejection", reason));
process.on("uncaughtException", (error) => crash(error?.name ?? "Error", error));

/** Time that this call has waited for responses, by action; measured for benchmarks only (times.py). */
let waitedMs = {};
if (process.env.TIMES) {
  const { subscribe } = require("node:diagnostics_channel");
  const began = new WeakMap();
  subscribe("http.client.request.start", ({ request }) => began.set(request, performance.now()));
  subscribe("http.client.response.finish", ({ request }) => {
    const action = String(request.getHeader("x-amz-target") ?? request.host)
      .split(".")
      .at(-1);
    waitedMs[action] = (waitedMs[action] ?? 0) + performance.now() - began.get(request);
  });
}

async function load(directory, moduleName) {
  const base = path.resolve(directory, moduleName);
  const file = [`${base}.js`, `${base}.mjs`, `${base}.cjs`, base].find((candidate) => fs.existsSync(candidate)) ?? base;
  if (file.endsWith(".mjs")) return await import(pathToFileURL(file).href);
  return compiledCode && file.endsWith(".js") ? requireCompiled(file) : require(file);
}

/** Folder of V8's code of earlier processes. The function does not see it. */
const compiledCode = process.env.COMPILED_CODE;
delete process.env.COMPILED_CODE;
/** Keeps what V8 has compiled by the end of the first call. */
let keepCompiled = () => undefined;

/**
 * Loads a CommonJS file as `require` does, with V8's code of an earlier process. Node.js's own cache goes by a file's path, which differs
 * for each process.
 */
function requireCompiled(file) {
  const source = fs.readFileSync(file, "utf8");
  const name = require("node:crypto").createHash("sha256").update(source).digest("hex");
  const kept = path.join(compiledCode, name);
  let cachedData;
  try {
    cachedData = fs.readFileSync(kept);
  } catch {
    // The first process with this code, on this machine.
  }
  let script;
  try {
    script = new vm.Script(Module.wrap(source), {
      filename: file,
      columnOffset: -Module.wrap("").indexOf("\n"),
      cachedData,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
  } catch {
    // An ES module, or a mistake, which Node.js reports.
    return require(file);
  }
  // V8 rejects code of another version.
  if (!cachedData || script.cachedDataRejected) {
    keepCompiled = () => {
      keepCompiled = () => undefined;
      try {
        fs.mkdirSync(compiledCode, { recursive: true });
        fs.writeFileSync(`${kept}.${process.pid}`, script.createCachedData());
        fs.renameSync(`${kept}.${process.pid}`, kept);
      } catch {
        // A full disk only makes later starts slower.
      }
    };
  }
  const module = new Module(file);
  module.filename = file;
  module.paths = Module._nodeModulePaths(path.dirname(file));
  Module._cache[file] = module;
  const run = script.runInThisContext();
  run.call(module.exports, module.exports, Module.createRequire(file), module, file, path.dirname(file));
  module.loaded = true;
  return module.exports;
}

async function initialize({ code_dir, module: moduleName, handler, env, function_name, memory, arn }) {
  Object.assign(process.env, env);
  process.env.LAMBDA_TASK_ROOT = code_dir;
  process.env.AWS_LAMBDA_FUNCTION_NAME = function_name;
  process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE = String(memory);
  process.env.AWS_LAMBDA_LOG_GROUP_NAME ??= `/aws/lambda/${function_name}`;
  process.env.AWS_LAMBDA_INITIALIZATION_TYPE = "on-demand";
  process.env.AWS_EXECUTION_ENV = `AWS_Lambda_nodejs${process.versions.node.split(".")[0]}.x`;
  process.env._HANDLER = `${moduleName}.${handler}`;
  process.env._LAMBDA_FUNCTION_ARN = arn;
  const exported = await load(code_dir, moduleName);
  const found = exported[handler] ?? exported.default?.[handler];
  if (typeof found !== "function") throw new Error(`${moduleName}.${handler} is undefined or not exported`);
  return found;
}

function contextFor(ctx) {
  const deadline = Date.now() + Number(ctx.timeout_ms ?? 300_000);
  return {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION ?? "$LATEST",
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    invokedFunctionArn: ctx.invoked_function_arn || process.env._LAMBDA_FUNCTION_ARN,
    awsRequestId: ctx.request_id ?? "",
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME ?? "",
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** As Lambda does, sends X-Ray's daemon the segment of this call: at its start and at its end (local/aws/traces.ts). */
let traceDaemon;
let isFirstCall = true;
function beginSegment(header, event) {
  const [, address, port] = /^([\d.]+):(\d+)$/.exec(process.env.AWS_XRAY_DAEMON_ADDRESS ?? "") ?? [];
  const [, traceId] = /Root=([^;]+)/.exec(header ?? "") ?? [];
  const [, id] = /Parent=([^;]+)/.exec(header ?? "") ?? [];
  const coldStart = isFirstCall;
  isFirstCall = false;
  if (!address || !traceId) return () => undefined;
  traceDaemon ??= require("node:dgram")
    .createSocket("udp4")
    .on("error", () => undefined)
    .unref();
  const startTime = Date.now() / 1_000;
  const named = (value) =>
    JSON.stringify(value ?? null).match(new RegExp(process.env.TRACED_SUBJECTS || "$^", "g")) ?? [];
  const subjects = new Set(named(event));
  const send = (more) =>
    traceDaemon.send(
      `{"format":"json","version":1}\n${JSON.stringify({
        name: process.env.AWS_LAMBDA_FUNCTION_NAME,
        id,
        trace_id: traceId,
        start_time: startTime,
        annotations: { subjects: [...subjects].slice(0, 100).join(","), cold_start: coldStart, process: process.pid },
        ...more,
      })}`,
      Number(port),
      address,
    );
  send({ in_progress: true });
  return ({ result, failure }) => {
    for (const subject of named(result)) subjects.add(subject);
    const { errorType: type, errorMessage } = failure ?? {};
    const cause = failure && { exceptions: [{ type, message: errorMessage.slice(0, 1_000) }] };
    send({ end_time: Date.now() / 1_000, ...(failure && { fault: true, cause }) });
  };
}

async function invoke(handler, { event, ctx = {} }) {
  if (ctx.trace_id) process.env._X_AMZN_TRACE_ID = ctx.trace_id;
  else delete process.env._X_AMZN_TRACE_ID;
  const endSegment = beginSegment(ctx.trace_id, event);
  const before = process.cpuUsage();
  const began = performance.now();
  waitedMs = {};
  await new Promise((done) => {
    settle = ({ result, failure, ends }) => {
      if (!settle) return;
      settle = undefined;
      endSegment({ result, failure });
      const { user, system } = process.cpuUsage(before);
      const processorMs = (user + system) / 1_000;
      const times = { processorMs, handlerMs: performance.now() - began, waitedMs };
      answer({ status: "ok", result: result ?? null, ...times, ...(failure ? { failure, ends } : {}) });
      setImmediate(() => keepCompiled());
      done();
    };
    const fail = (error) => {
      const failure = failureOf(error);
      process.stderr.write(`${JSON.stringify(failure)}\n`);
      settle?.({ failure });
    };
    try {
      Promise.resolve(handler(event, contextFor(ctx))).then((result) => settle?.({ result }), fail);
    } catch (error) {
      fail(error);
    }
  });
}

let handler;
const lines = readline.createInterface({ input: process.stdin, terminal: false });
lines.on("line", async (line) => {
  const message = JSON.parse(line);
  if (handler) return invoke(handler, message);
  try {
    handler = await initialize(message);
    answer({ status: "ready", cold: true });
  } catch (error) {
    answer({ status: "error", error: `${failureOf(error).errorType}: ${failureOf(error).errorMessage}` });
  }
});
// MiniStack has ended.
lines.on("close", () => process.exit(0));

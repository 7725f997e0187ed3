// Loads a bundle in a new process as Lambda does, calls it, and prints the milliseconds as JSON.
const { readFileSync } = require("node:fs");

const [, , file, calls, eventFile] = process.argv;
let handler;

const call = async (i) => {
  const at = performance.now();
  await handler({ name: `call ${i}` }, {});
  return performance.now() - at;
};
// Time of all threads, because V8 compiles and collects garbage in others.
const cpuSince = (before) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
const main = async () => {
  const event = eventFile && JSON.parse(readFileSync(eventFile, "utf8"));
  performance.now(); // loads the module of the clock, which is no part of the function
  const before = process.cpuUsage();
  // As in local/aws/emulator/worker.js: the stand-in for AWS is called without TLS.
  for (const name of ["WebSocket", "CloseEvent", "MessageEvent"]) delete require("node:http")[name];
  const started = performance.now();
  ({ handler } = require(file));
  let start = performance.now() - started;
  const times = [];
  if (Number(calls) > 0) {
    times.push(await call(0));
    start += times[0];
  }
  const cpu = cpuSince(before);
  let outcome;
  if (event)
    outcome = await handler(event, { awsRequestId: "1", getRemainingTimeInMillis: () => 10_000 }).catch(String);
  const first = event ? cpuSince(before) : null;
  for (let i = 1; i < Number(calls); i++) times.push(await call(i));
  const warm = times.slice(1).sort((a, b) => a - b);
  if (process.env.SHOW_OUTCOME) console.error(JSON.stringify(outcome)?.slice(0, 400));
  process.stdout.write(JSON.stringify({ start, cpu, first, warm: warm[Math.floor(warm.length / 2)] ?? null }));
  process.exit(0);
};

main().catch((error) => {
  console.error(String(error).slice(0, 300));
  process.exit(1);
});

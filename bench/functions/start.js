// Run in a fresh process: loads a bundle as Lambda does and calls it; prints milliseconds as JSON.
const [, , file, calls] = process.argv;
let handler;

const call = async (i) => {
  const at = performance.now();
  await handler({ name: `call ${i}` }, {});
  return performance.now() - at;
};
const main = async () => {
  const cpu = process.cpuUsage();
  const started = performance.now();
  ({ handler } = require(file));
  let start = performance.now() - started;
  const times = [];
  if (Number(calls) > 0) {
    times.push(await call(0));
    start += times[0];
  }
  // Of all threads: V8 compiles and collects beside the main one.
  const { user, system } = process.cpuUsage(cpu);
  for (let i = 1; i < Number(calls); i++) times.push(await call(i));
  const warm = times.slice(1).sort((a, b) => a - b);
  process.stdout.write(
    JSON.stringify({ start, cpu: (user + system) / 1000, warm: warm[Math.floor(warm.length / 2)] ?? null }),
  );
  process.exit(0);
};

main().catch((error) => {
  console.error(String(error).slice(0, 300));
  process.exit(1);
});

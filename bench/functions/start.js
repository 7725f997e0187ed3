// Loads a bundle in a new process as Lambda does, calls it, and prints the milliseconds as JSON.
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
  // Time of all threads, because V8 compiles and collects garbage in others.
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

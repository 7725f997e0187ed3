// Run in a fresh process: loads a bundle as Lambda does and calls it; prints milliseconds as JSON.
const [, , file, calls] = process.argv;
let handler;

const call = async (i) => {
  const at = performance.now();
  await handler({ name: `call ${i}` }, {});
  return performance.now() - at;
};
const main = async () => {
  const started = performance.now();
  ({ handler } = require(file));
  const loaded = performance.now();
  const times = [];
  for (let i = 0; i < Number(calls); i++) times.push(await call(i));
  const warm = times.slice(1).sort((a, b) => a - b);
  process.stdout.write(
    JSON.stringify({ start: loaded - started + (times[0] ?? 0), warm: warm[Math.floor(warm.length / 2)] ?? null }),
  );
  process.exit(0);
};

main().catch((error) => {
  console.error(String(error).slice(0, 300));
  process.exit(1);
});

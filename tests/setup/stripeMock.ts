/**
 * Runs the payment rules for Stripe's adapter with `stripe-mock` beside the stand-in: Stripe's own server of its specification, which checks
 * every request. Needs Go, and fails without it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const MODULE = "github.com/stripe/stripe-mock@v0.203.0";
const root = join(__dirname, "..", "..");
const folder = join(root, ".stayopen", "stripe-mock");
const TESTS = "tests/components/orderService/payment/stripe/conformance.test.ts";

const LIMIT_MS = 10 * 60_000;
/** Time for the start, which reads the specification. */
const START_LIMIT_MS = 60_000;

async function run(command: string, args: string[], environment: Record<string, string>): Promise<void> {
  // Not synchronous: the server stops when its output is not read.
  const child = spawn(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === "ENOENT";
      const advice = `${command} is missing; stripe-mock needs it. Install Go: https://go.dev/doc/install`;
      reject(isMissing ? new Error(advice) : error);
    });
    child.on("close", resolve);
  }).finally(() => clearTimeout(timer));
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}.`);
}

/** Resolves with the address that the server prints. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => reject(new Error(`stripe-mock did not start: ${output}`)), START_LIMIT_MS);
    const read = (text: string) => {
      output += text;
      const port = /Listening for HTTP at address: \S*:(\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(`http://127.0.0.1:${port}`);
    };
    server.stdout!.setEncoding("utf8").on("data", read);
    server.stderr!.setEncoding("utf8").on("data", read);
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`stripe-mock ended with ${code}: ${output}`)));
  });
}

async function main(): Promise<void> {
  await run("go", ["install", MODULE], { GOBIN: folder });
  const server = spawn(join(folder, "stripe-mock"), ["-http-addr", "127.0.0.1:0"]);
  try {
    const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
    const address = await addressOf(server);
    const options = ["--timeout", "30000", "--forbid-only", "--fail-zero", TESTS];
    await run(process.execPath, [mocha, ...options], { STRIPE_MOCK_URL: address });
  } finally {
    server.kill("SIGKILL");
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

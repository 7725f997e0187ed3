import { spawn } from "node:child_process";

/**
 * Runs a command and hides its output.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} options
 * @returns {Promise<string>} its standard output
 * @throws {CommandFailed}
 */
export function run(command, args, { timeoutMs = 15 * 60_000, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: timeoutMs, ...options });
    let stdout = "";
    let output = "";
    child.stdout.on("data", (data) => {
      stdout += data;
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => {
        output = (output + data).slice(-4_000);
      });
    }
    child.on("error", (error) => reject(new CommandFailed(command, error.message)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(new CommandFailed(command, output.trim() || `ended with ${signal ?? code}`));
    });
  });
}

/** Error of a command that could not be started or that failed. */
export class CommandFailed extends Error {
  constructor(command, output) {
    super(`${command}: ${output}`);
    /** The end of what the command printed. */
    this.output = output;
  }

  /** Last line of the output. */
  get lastLine() {
    return this.output.split("\n").filter(Boolean).pop() ?? this.output;
  }

  /** True if the command could not reach its registry. */
  get isOffline() {
    return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|Failed to establish a new connection|Could not resolve|Unknown host|Temporary failure/i.test(
      this.output,
    );
  }
}

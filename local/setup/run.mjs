import { spawn } from "node:child_process";

/**
 * Runs a command to its end. What it prints to standard output is kept for the error, not shown.
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
    let output = "";
    let complaint = "";
    child.stdout.on("data", (data) => {
      output += data;
    });
    child.stderr.on("data", (data) => {
      complaint = (complaint + data).slice(-4_000);
    });
    child.on("error", (error) => reject(new CommandFailed(command, error.message)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new CommandFailed(command, complaint.trim() || output.trim().slice(-1_000) || `ended with ${signal ?? code}`),
        );
    });
  });
}

/** A command that could not be run, or that failed. */
export class CommandFailed extends Error {
  constructor(command, complaint) {
    super(`${command}: ${complaint}`);
    /** The command's own words. */
    this.complaint = complaint;
  }

  /** The last of its words, in one line. */
  get lastLine() {
    return this.complaint.split("\n").filter(Boolean).pop() ?? this.complaint;
  }

  /** Whether it could not reach the registry that it needs. */
  get isOffline() {
    return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|Failed to establish a new connection|Could not resolve|Temporary failure/i.test(
      this.complaint,
    );
  }
}

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Ports below those that systems give to outgoing connections (Linux from 32,768 on, macOS from 49,152 on), so that a port
 * that a data folder keeps is still free at its next start.
 */
const FIRST_PORT = 10_240;
const LAST_PORT = 32_767;

const ATTEMPTS = 200;

/** Ports that this process has tried or received, and may not listen on yet. */
const given = new Set<number>();

/** Returns a free loopback port: `preferred`, if it is free. */
export async function freePort(preferred = 0): Promise<number> {
  if (preferred !== 0 && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`Found no free port of 127.0.0.1 in ${ATTEMPTS} attempts: free some ports and start again.`);
}

/** Returns true if a server could listen on this loopback port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

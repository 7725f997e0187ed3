import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { isFree } from "./ports";
import { type CallerRules, refuseForeignPages } from "./refuseForeignPages";

/**
 * Listens on the loopback address only, refuses requests of other sites' pages, and returns the URL without a trailing slash.
 *
 * @param port 0 for a free one.
 * @param rules the server's own host names, and whether it has pages. Default: neither.
 * @throws Error with one sentence when the port is taken.
 */
export async function listen(server: Server, port: number, what: string, rules: CallerRules = {}): Promise<string> {
  refuseForeignPages(server, rules);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, "127.0.0.1", resolve);
  try {
    await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw portInUse(port, what);
  } finally {
    server.removeListener("error", reject);
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * Checks that `listen` could use a port, before work that would be lost.
 *
 * @throws Error with the same sentence.
 */
export async function requireFreePort(port: number, what: string): Promise<void> {
  if (!(await isFree(port))) throw portInUse(port, what);
}

const portInUse = (port: number, what: string) =>
  new Error(
    `Port ${port}, wanted for the ${what}, is in use: stop the process that listens there, or choose another port.`,
  );

/** Closes a server and every connection to it. */
export async function closeServer(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}

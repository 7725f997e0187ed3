import { createServer } from "node:net";

/** Returns a free loopback port: `preferred`, if it is free. */
export async function freePort(preferred = 0): Promise<number> {
  if (preferred !== 0 && (await isFree(preferred))) return preferred;
  const port = await listenOnce(0);
  if (port === undefined) throw new Error("No port of 127.0.0.1 is free.");
  return port;
}

/** Returns true if a server could listen on this loopback port now. */
export async function isFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== undefined;
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}

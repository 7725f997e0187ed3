import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";

/** Rules of one local server for requests that may come from a web page. */
export interface CallerRules {
  /** Host names besides this machine's own that the server answers under, without a port. Default: none. */
  isOwnHost?(hostName: string): boolean;
  /** True if a link on a page of another server may open a page of this one. Default: false. */
  hasPages?: boolean;
}

/** Names of this machine that DNS rebinding cannot use. */
const loopbackNames = ["127.0.0.1", "localhost"];

/**
 * Returns the reason to refuse a request, or `undefined`. A foreign `Host` means DNS rebinding: a page's name resolves to this
 * machine. A foreign `Origin`, or a fetch that is not same-origin, comes from a page of another server, also on this machine. The
 * emulator has the same rules in Python: local/aws/emulator/foreign_pages.py.
 *
 * @example
 * const refusal = foreignPage({ method: "POST", headers: { host: "127.0.0.1:8080", origin: "http://evil.example" } });
 */
export function foreignPage(
  { method, headers }: { method?: string; headers: IncomingHttpHeaders },
  { isOwnHost = () => false, hasPages = false }: CallerRules = {},
): string | undefined {
  const isOwn = (name: string) => loopbackNames.includes(name) || isOwnHost(name);
  const host = headers.host ?? "";
  if (!isOwn(hostName(host))) return `The Host "${host}" is not a name of this server. Use 127.0.0.1 or localhost.`;
  const { origin } = headers;
  // The port counts: other programs serve pages on this machine too.
  if (origin !== undefined && originHost(origin) !== host.toLowerCase())
    return `Pages of the origin "${origin}" may not call this server.`;
  const site = headers["sec-fetch-site"];
  if (site !== "cross-site" && site !== "same-site") return undefined;
  const opensPage = hasPages && method === "GET" && headers["sec-fetch-mode"] === "navigate";
  return opensPage ? undefined : "Pages of other servers may not call this server.";
}

/** Makes a server answer 403 to requests that `foreignPage` refuses, before its own handlers run. */
export function refuseForeignPages(
  server: Pick<Server, "listeners" | "removeAllListeners" | "on">,
  rules: CallerRules = {},
): void {
  const handlers = server.listeners("request") as ((message: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners("request");
  server.on("request", (message, response) => {
    const refusal = foreignPage(message, rules);
    if (refusal === undefined) {
      for (const handler of handlers) handler.call(server, message, response);
      return;
    }
    // The body stays unread, so the connection can't be used again.
    response.writeHead(403, { "content-type": "text/plain; charset=utf-8", connection: "close" });
    response.end(`${refusal}\n`);
  });
}

const hostName = (host: string): string => host.toLowerCase().replace(/:\d+$/, "");

/** Returns the host of an origin, with its port. Sandboxed pages and files send `null`, which has none. */
function originHost(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : "";
}

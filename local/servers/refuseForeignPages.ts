import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";

/** Rules of one local server for requests that a web page may have caused. */
export interface CallerRules {
  /** Host names besides this machine's own that the server answers under, without a port. Default: none. */
  isOwnHost?(hostName: string): boolean;
  /** True if a link on another site may open a page of this server. Default: false. */
  hasPages?: boolean;
}

/** Names of this machine that no foreign DNS server can redirect. */
const loopbackNames = ["127.0.0.1", "localhost"];

/**
 * Returns why a request is refused, or `undefined`. A foreign `Host` is DNS rebinding: a page whose name has been made to
 * resolve to this machine. A foreign `Origin`, or a cross-site fetch, is a page of another site. The emulator, in Python, has
 * the same rules: local/aws/emulator/foreign_pages.py.
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
  if (!isOwn(hostName(host))) return `The Host "${host}" is no name of this server: ask it as 127.0.0.1 or localhost.`;
  const { origin } = headers;
  if (origin !== undefined && !isOwn(originName(origin)))
    return `Pages of the origin "${origin}" may not call this server.`;
  const site = headers["sec-fetch-site"];
  if (site !== "cross-site") return undefined;
  const opensPage = hasPages && method === "GET" && headers["sec-fetch-mode"] === "navigate";
  return opensPage ? undefined : "Pages of other sites may not call this server.";
}

/** Makes a server answer 403 to what `foreignPage` refuses, before any of its own handlers sees the request. */
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

/** The host of an origin. `null`, as sandboxed pages and files send it, has none. */
function originName(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : "";
}

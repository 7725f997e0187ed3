import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import sinon from "sinon";
import { type AuthorizationAnswer, createAuthorizer } from "../../components/authLayer";
import { listFiles } from "../../components/staticSite/build";
import { contentSecurityPolicy } from "../../components/staticSite/resources/securityHeaders";
import { projectRoot } from "../../local/aws/emulator/python";
import { closeServer, listen } from "../../local/servers/listen";
import { buildWeb } from "../../local/webBuild";
import { firstVisitor, launchBrowser, type Visitor } from "./browser";
import { type Issuer, startIssuer } from "./issuer";

const CLIENT = "storefront";
const AUDIENCE = "https://api.store.example.com";

describe("Storefront with an external issuer", () => {
  let server: Server;
  let siteUrl: string;
  let issuer: Issuer;
  let browser: Browser;
  let guest: Visitor;
  let authorized: AuthorizationAnswer[];

  before(async () => {
    await buildWeb(projectRoot);
    server = createServer();
    siteUrl = await listen(server, 0, "site of the tests", { hasPages: true });
    issuer = await startIssuer(() => siteUrl, CLIENT, AUDIENCE);
    server.on("request", site(issuer.url));
    browser = await launchBrowser();
  });

  after(async () => {
    await browser?.close();
    await issuer?.stop();
    await closeServer(server);
  });

  beforeEach(async () => {
    authorized = [];
    guest = await firstVisitor(browser, siteUrl);
  });

  afterEach(() => guest.leave());

  /** Serves the built pages with their policy, and an order API that only calls the real authorizer. */
  function site(issuerUrl: string) {
    const files = new Map(listFiles(join(projectRoot, "web", "dist")).map((file) => [`/${file.path}`, file]));
    const auth = { kind: "oidc", issuer: issuerUrl, clientId: CLIENT, audience: AUDIENCE, scope: "openid email" };
    const authorize = createAuthorizer(
      { kind: "oidc", issuer: issuerUrl, audience: AUDIENCE, groupsClaim: "groups" },
      { info: sinon.fake(), warn: sinon.fake() },
    );
    return async ({ url = "/", headers }: IncomingMessage, response: ServerResponse) => {
      const { pathname } = new URL(url, siteUrl);
      response.setHeader("content-security-policy", contentSecurityPolicy([issuerUrl], []));
      if (pathname === "/config.json") return response.end(JSON.stringify({ auth, currency: "USD" }));
      if (pathname === "/api/orders") {
        const answer = await authorize({ routeKey: "GET /api/orders", identitySource: [headers.authorization ?? ""] });
        authorized.push(answer);
        return response.writeHead(answer.isAuthorized ? 200 : 403).end(JSON.stringify({ orders: [] }));
      }
      if (pathname.startsWith("/api/")) return response.writeHead(404).end("{}");
      const file = files.get(pathname) ?? files.get("/index.html")!;
      return response.setHeader("content-type", file.contentType).end(readFileSync(file.file));
    };
  }

  async function signInAtIssuer(name: string): Promise<void> {
    const { page } = guest;
    await page.waitForURL((address) => address.origin === issuer.url);
    await page.locator('input[name="login"]').fill(name);
    await page.locator('input[name="password"]').fill("whatever");
    await page.locator('button[type="submit"]').click();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL((address) => address.origin === siteUrl);
  }

  it("signs in at the issuer, returns to the page before, and passes the authorizer", async () => {
    await guest.page.goto("/orders");
    await signInAtIssuer("ada");
    await guest.page.getByText("You have no orders yet.").waitFor();
    expect(new URL(guest.page.url()).pathname).to.equal("/orders");
    expect(authorized.at(-1)).to.deep.equal({
      isAuthorized: true,
      context: { customerId: "ada", groups: "merchandisers" },
    });
    expect(guest.complaints).to.deep.equal([]);
  });

  it("renews an expiring token, and stays signed in over a reload", async () => {
    await guest.page.goto("/orders");
    await signInAtIssuer("grace");
    await guest.page.getByText("You have no orders yet.").waitFor();
    issuer.grants.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await guest.page.reload();
    await guest.page.getByText("You have no orders yet.").waitFor();
    expect(issuer.grants).to.include("refresh_token");
    expect(authorized.map(({ isAuthorized }) => isAuthorized)).not.to.include(false);
  });

  it("refuses a sign-in that another browser started", async () => {
    await guest.page.goto("/signed-in?code=stolen&state=guessed");
    await guest.page.getByText("This sign-in was started in another tab. Please sign in again.").waitFor();
  });

  it("stays in its tab while another tab has no session, and ends at once at sign-out", async () => {
    await guest.page.goto("/orders");
    await signInAtIssuer("ada");
    const other = await guest.page.context().newPage();
    await other.goto(siteUrl);
    await other.getByRole("link", { name: "Sign in" }).waitFor();
    await guest.page.reload();
    await guest.page.getByRole("button", { name: "Sign out" }).click();
    await guest.page.getByRole("link", { name: "Sign in" }).waitFor();
    expect(await guest.page.evaluate<number>("sessionStorage.length")).to.equal(0);
  });
});

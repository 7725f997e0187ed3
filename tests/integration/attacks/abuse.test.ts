import { createHmac, createPublicKey, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { request as httpRequest } from "node:http";
import { expect } from "chai";
import { type JWK, UnsecuredJWT } from "jose";
import { FORWARDED_BY } from "../../../components/runtime/peerRegion";
import { CODES_PATH, type CognitoSettings } from "../../../domain/auth";
import { newPerson, type Person } from "../../../local/person";
import { eventually, itemsIn, type OrderDetails } from "../../kit/drill/shopper";
import { edgeHeaders, ownApi } from "../../kit/ownApi";
import { useAttackedStore } from "./sharedStore";

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("abuse of a running store with two Regions", function () {
  this.timeout(300_000);
  const here = useAttackedStore();
  let auth: CognitoSettings;
  let thief: Person;
  let merchandiser: Person;

  before(async () => {
    const { store } = here.attacked;
    auth = ((await (await fetch(`${store.url}/config.json`)).json()) as { auth: CognitoSettings }).auth;
    thief = await newPerson(store, auth);
    merchandiser = await newPerson(store, auth, "merchandisers");
  });

  /** Sends a request with CloudFront's header, which the Regions' own addresses ask for. */
  const send = (url: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
    fetch(url, { ...init, headers: { ...edgeHeaders(here.attacked.store), ...init.headers } });

  /** Both APIs through the edge and at each Region's own address. */
  const addresses = (service: "orders" | "catalogue") => {
    const { store, east, west } = here.attacked;
    return [store.url, ownApi(store, east, service), ownApi(store, west, service)];
  };

  /** Sends a path as it is, which `fetch` would normalize. */
  const raw = (path: string, headers: Record<string, string> = {}, method = "GET") => {
    const { hostname, port } = new URL(here.attacked.store.url);
    return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
      const request = httpRequest({ hostname, port, path, method, headers, timeout: 30_000 }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
      request.on("timeout", () => request.destroy(new Error(`No answer to ${path}.`)));
      request.on("error", reject);
      request.end();
    });
  };

  describe("tokens", () => {
    const claimsOf = (token: string) =>
      JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

    /** Signed by another key than the pool's, under the header that the forger likes. */
    function forged(token: string, header: Record<string, unknown>): string {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const jwk = publicKey.export({ format: "jwk" });
      const signed = `${part({ alg: "RS256", ...header, ...("jwk" in header ? { jwk } : {}) })}.${part(claimsOf(token))}`;
      return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
    }

    async function publicKey(): Promise<JWK & { kid: string }> {
      const { store } = here.attacked;
      const { endpoint } = store.deployment;
      const answer = await fetch(`${endpoint}/${auth.userPoolId}/.well-known/jwks.json`);
      return ((await answer.json()) as { keys: (JWK & { kid: string })[] }).keys[0]!;
    }

    async function signedByPublicKey(token: string): Promise<string> {
      const key = await publicKey();
      const pem = createPublicKey({ key: key as never, format: "jwk" }).export({ type: "spki", format: "pem" });
      const signed = `${part({ alg: "HS256", kid: key.kid })}.${part(claimsOf(token))}`;
      return `${signed}.${createHmac("sha256", pem).update(signed).digest("base64url")}`;
    }

    const forgeries: Record<string, (token: string) => Promise<string> | string> = {
      "algorithm none": (token) => new UnsecuredJWT(claimsOf(token)).encode(),
      "algorithm None, in another case": (token) => `${part({ alg: "nOnE", typ: "JWT" })}.${part(claimsOf(token))}.`,
      "HS256 with the public key as secret": signedByPublicKey,
      "a key under the pool's kid": async (token) => forged(token, { kid: (await publicKey()).kid }),
      "a key under an unknown kid": (token) => forged(token, { kid: "../../keys/mine" }),
      "a key in its own header": (token) => forged(token, { kid: "mine", jwk: true }),
      "a key at an address of its own": (token) => forged(token, { kid: "mine", jku: "http://127.0.0.1:9/jwks.json" }),
      "changed claims": (token) => {
        const [header = "", , signature = ""] = token.split(".");
        return `${header}.${part({ ...claimsOf(token), "cognito:groups": ["merchandisers"], sub: randomUUID() })}.${signature}`;
      },
      "another issuer": (token) =>
        `${part({ alg: "RS256", kid: "x" })}.${part({ ...claimsOf(token), iss: "https://evil.example" })}.AAAA`,
      "a trailing dot": (token) => `${token}.`,
    };
    for (const [what, forge] of Object.entries(forgeries)) {
      it(`with ${what} are refused by both APIs of both Regions`, async () => {
        const token = await forge(thief.accessToken);
        const headers = { authorization: `Bearer ${token}` };
        for (const base of addresses("orders")) {
          expect((await send(`${base}/api/orders`, { headers })).status, base).to.be.oneOf([401, 403]);
        }
        for (const base of addresses("catalogue")) {
          const url = `${base}/api/catalogue/products/forged`;
          expect((await send(url, { method: "DELETE", headers })).status, base).to.be.oneOf([401, 403]);
        }
      });
    }

    it("of identity in place of access tokens are refused", async () => {
      const statusOf = async (base: string, token: string) =>
        (await send(`${base}/api/orders`, { headers: { authorization: `Bearer ${token}` } })).status;
      for (const base of addresses("orders")) {
        expect(await statusOf(base, thief.accessToken), base).to.equal(200);
        expect(await statusOf(base, thief.idToken), base).to.equal(403);
      }
    });
  });

  const callPool = async (operation: string, input: object) => {
    const answer = await fetch(`${here.attacked.store.url}${auth.path}`, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify({ ClientId: auth.clientId, ...input }),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, never> };
  };

  describe("orders", () => {
    it("of another customer, their cancellation and their invoice are unknown in both Regions", async () => {
      const orderId = await here.attacked.shopper.order();
      for (const base of addresses("orders")) {
        for (const [method, path] of [
          ["GET", ""],
          ["GET", "/invoice"],
          ["POST", "/cancel"],
        ] as const) {
          const answer = await thief.call(
            method,
            `/api/orders/${orderId}${path}`,
            undefined,
            edgeHeaders(here.attacked.store),
            base,
          );
          expect(answer.status, `${method} ${path} at ${base}`).to.equal(404);
          expect(await answer.text()).not.to.contain(here.attacked.shopper.person.customerId);
        }
      }
    });

    it("are refused with a changed price, currency, quantity or owner, and not stored in any Region", async () => {
      const { shopper, store, east, west } = here.attacked;
      const key = randomUUID();
      const order = await shopper.request(key);
      const [line] = order.lines;
      const tampered: Record<string, unknown> = {
        "a total of a cent": { ...order, expectedTotal: { ...order.expectedTotal, amount: 1 } },
        "a negative total": { ...order, expectedTotal: { ...order.expectedTotal, amount: -1 } },
        "a total in another currency": { ...order, expectedTotal: { ...order.expectedTotal, currency: "JPY" } },
        "a total of nothing, unpaid": {
          ...order,
          expectedTotal: { amount: 0, currency: "EUR" },
          payment: { kind: "none" },
        },
        "a price of its own": { ...order, lines: [{ ...line, unitPrice: { amount: 1, currency: "EUR" } }] },
        "a negative quantity": { ...order, lines: [{ ...line, quantity: -1 }] },
        "a quantity beyond all numbers": { ...order, lines: [{ ...line, quantity: 2 ** 53 }] },
        "a quantity as text": { ...order, lines: [{ ...line, quantity: "1" }] },
        "another customer": { ...order, customerId: shopper.person.customerId },
        "a status": { ...order, status: "PAID" },
      };
      for (const [what, body] of Object.entries(tampered)) {
        const answer = await shopper.call(undefined, "POST", "/api/orders", body, undefined, {
          "idempotency-key": key,
        });
        expect(answer.status, `${what}: ${await answer.text()}`).to.be.oneOf([409, 422]);
      }
      for (const region of [east, west]) expect(await itemsIn(store, region, shopper.orderIdOf(key))).to.deep.equal([]);
    });

    it("with line breaks in names, addresses or contacts are refused, so that no mail has another recipient", async () => {
      const { shopper } = here.attacked;
      const order = await shopper.request(randomUUID());
      const breaks = [
        "\r\nBcc: victim@example.com",
        "\nTo: victim@example.com",
        "\r",
        "\u2028x",
        "\u0085x",
        "%0d%0aBcc:x\u0000",
      ];
      for (const text of breaks) {
        for (const body of [
          { ...order, shipping: { ...order.shipping, name: `Ada${text}` } },
          { ...order, shipping: { ...order.shipping, city: `Town${text}` } },
          { ...order, contact: { email: `ada@example.com${text}` } },
          { ...order, contact: { ...order.contact, phone: `+14155550100${text}` } },
        ]) {
          const headers = { "idempotency-key": randomUUID() };
          const answer = await shopper.call(undefined, "POST", "/api/orders", body, undefined, headers);
          expect(answer.status, JSON.stringify(text)).to.equal(422);
        }
      }
    });

    it("with HTML in a name reach mails as text and invoices escaped", async () => {
      const { shopper, store } = here.attacked;
      const markup = '<img src=x onerror="alert(1)">';
      const details: OrderDetails = {
        shipping: { name: markup, street: "Main 1", city: "</script>", postalCode: "12345", country: "US" },
      };
      const orderId = await shopper.order(undefined, randomUUID(), undefined, details);
      const url = await eventually("the invoice is written", async () => {
        const answer = await shopper.call(undefined, "GET", `/api/orders/${orderId}/invoice`);
        return answer.ok && ((await answer.json()) as { url: string }).url;
      });
      const page = await fetch(url);
      const html = await page.text();
      expect(html).to.contain("&lt;img src=x");
      expect(html).not.to.match(/<img|<script|<\/script/i);
      expect(page.headers.get("content-type")).to.match(/^text\/html/);
      const mails = store.mail().filter(({ text, subject }) => `${subject} ${text}`.includes(orderId));
      expect(mails.length).to.be.greaterThan(0);
      for (const { to } of mails) expect(to).to.deep.equal([shopper.person.email]);
    });
  });

  describe("requests between the Regions", () => {
    it("forged from outside get no permissions, and do not change a product outside its home Region", async () => {
      const { west, east } = here.attacked;
      const path = `/api/catalogue/products/forged-${randomUUID().slice(0, 8)}`;
      const price = { amount: 990, currency: "EUR" };
      const content = {
        name: "F",
        brand: "F",
        category: "F",
        description: "",
        price,
        availability: "in-stock",
        attributes: {},
      };
      const [, atEast, atWest] = addresses("catalogue");
      const edge = edgeHeaders(here.attacked.store);
      for (const region of [east, west, "us-east-1,us-west-2", "", "x".repeat(500)]) {
        const headers = { ...edge, [FORWARDED_BY]: region };
        expect((await thief.call("PUT", path, content, headers, atEast)).status).to.equal(403);
        expect((await send(`${atEast}${path}`, { method: "DELETE", headers })).status).to.equal(401);
      }
      expect((await merchandiser.call("PUT", path, content, edge, atEast)).status).to.equal(201);
      await eventually("the product has replicated", async () => (await send(`${atWest}${path}`)).ok);
      const forged = { ...edge, [FORWARDED_BY]: east, "if-match": '"1"' };
      const refused = await merchandiser.call("PUT", path, { ...content, name: "G" }, forged, atWest);
      expect(refused.status).to.equal(503);
      expect(await (await send(`${atEast}${path}`)).json()).to.include({ version: 1, name: "F" });
    });

    it("that report a Region as drained are refused from every caller", async () => {
      const { store, east, west } = here.attacked;
      const base = ownApi(store, east, "failover");
      for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
        for (const path of ["/health", `/regions/${west}/drained`, `/regions/${east}/drained`, "/api/config"]) {
          const headers = { [FORWARDED_BY]: west, "content-type": "application/json" };
          const answer = await send(`${base}${path}`, { method, headers, body: '{"drained":true}' });
          expect(answer.status, `${method} ${path}`).to.be.within(400, 499);
        }
      }
      for (const region of [east, west]) {
        const answer = await send(`${ownApi(store, region, "orders")}/api/orders/health`);
        expect(answer.status, region).to.equal(200);
      }
    });
  });

  describe("caches", () => {
    const hostile = {
      "x-forwarded-host": "evil.example",
      "x-forwarded-scheme": "http",
      "x-forwarded-proto": "http",
      "x-original-url": "/evil.example",
      "x-rewrite-url": "/evil.example",
      "x-http-method-override": "DELETE",
      "x-host": "evil.example",
      forwarded: "host=evil.example",
      range: "bytes=0-10",
    };

    it("keep nothing of headers that are not part of their keys", async () => {
      for (const path of ["/", "/config.json", "/orders", "/products/p-1", "/api/catalogue/search?q=kettle"]) {
        const clean = await raw(`${path}${path.includes("?") ? "&" : "?"}clean`);
        const poisoned = await raw(path, hostile);
        const after = await raw(path);
        expect(`${JSON.stringify(poisoned.headers)} ${poisoned.text}`, path).not.to.contain("evil.example");
        expect(after.text, path).not.to.contain("evil.example");
        expect(after.status, path).to.equal(clean.status);
      }
    });

    it("keep no answer of an API, whatever its path looks like", async () => {
      const { shopper } = here.attacked;
      const authorization = `Bearer ${shopper.person.accessToken}`;
      await shopper.order();
      for (const path of [
        "/api/orders",
        "/api/orders?x.css",
        "/api/orders/x.css",
        "/api/orders;x.css",
        "/api/orders/..;/x.css",
        "/api/orders%2fx.css",
        "//api/orders",
        "/api//orders",
        "/assets/..%2fapi/orders",
        "/assets/..;/api/orders",
        "/assets/%2e%2e/api/orders",
        "/media/%2e%2e/%2e%2e/api/orders",
      ]) {
        await raw(path, { authorization });
        const stranger = await raw(path);
        expect(stranger.text, path).not.to.match(/"orderId"|"customerId"/);
        const owner = await raw(path, { authorization });
        if (!owner.text.includes('"orderId"')) continue;
        expect(String(owner.headers["cache-control"] ?? "no-store"), path).to.match(/no-store|private|no-cache/);
      }
    });

    it("are not fooled by odd paths into answering with files outside the site", async () => {
      for (const path of [
        "/%2e%2e/%2e%2e/config.json",
        "/assets/..%2f..%2fconfig",
        "/%00",
        "/..%5c..%5cconfig",
        "//evil.example/%2f..",
      ]) {
        const answer = await raw(path);
        expect(answer.status, path).to.be.below(500);
        // An address that begins with two slashes names another host.
        expect(String(answer.headers["location"] ?? "/"), path).to.match(/^\/(?!\/)/);
      }
    });
  });

  describe("sign-in codes", () => {
    const askCode = (email: string) =>
      fetch(`${here.attacked.store.url}${CODES_PATH}`, { method: "POST", body: JSON.stringify({ email }) });

    it("are answered alike and in the same time for known and unknown addresses", async () => {
      const known: number[] = [];
      const unknown: number[] = [];
      const { email } = here.attacked.shopper.person;
      const timed = async (times: number[], address: string) => {
        const from = performance.now();
        const answer = await askCode(address);
        const { challengeId, ...rest } = (await answer.json()) as { challengeId: string };
        times.push(performance.now() - from);
        return { status: answer.status, length: challengeId.length, rest };
      };
      const shapes = new Set<string>();
      // Alternating, so that a busy moment of the machine meets both alike.
      for (let round = 0; round < 45; round++) {
        const pair = [
          () => timed(known, email),
          () => timed(unknown, `nobody.${randomUUID().slice(0, 8)}@example.com`),
        ];
        for (const ask of round % 2 === 0 ? pair : pair.reverse()) shapes.add(JSON.stringify(await ask()));
      }
      expect([...shapes]).to.have.length(1);
      expect(shareOfSlower(known, unknown), `${median(known)} and ${median(unknown)} ms`).to.be.within(0.25, 0.75);
    });

    it("are worth three attempts in all, also with attempts in both Regions", async () => {
      const { store, east, west } = here.attacked;
      const settings = await Promise.all(
        [east, west].map(async (region) => {
          const answer = await send(`${ownApi(store, region, "failover")}/api/config`);
          return ((await answer.json()) as { auth: CognitoSettings }).auth;
        }),
      );
      expect(new Set(settings.map(({ userPoolId }) => userPoolId)).size).to.equal(2);
      const email = here.attacked.shopper.person.email;
      const { challengeId } = (await (await askCode(email)).json()) as { challengeId: string };
      let refused = 0;
      for (const region of [...settings, ...settings, ...settings]) {
        auth = region;
        const begun = await callPool("InitiateAuth", { AuthFlow: "CUSTOM_AUTH", AuthParameters: { USERNAME: email } });
        let session = (begun.body as { Session?: string }).Session;
        for (let attempt = 0; attempt < 3 && session !== undefined; attempt++) {
          const answer = await callPool("RespondToAuthChallenge", {
            ChallengeName: "CUSTOM_CHALLENGE",
            Session: session,
            ChallengeResponses: { USERNAME: email, ANSWER: `${challengeId}.${String(attempt).padStart(8, "0")}` },
          });
          expect((answer.body as { AuthenticationResult?: unknown }).AuthenticationResult).to.equal(undefined);
          session = (answer.body as { Session?: string }).Session;
          refused++;
        }
      }
      auth = settings[0]!;
      expect(refused).to.be.greaterThan(6);
    });
  });
});

/** Share of pairs in which the first is slower: a half for equal distributions, 0 or 1 for distributions that do not overlap. */
function shareOfSlower(first: readonly number[], second: readonly number[]): number {
  const slower = first.flatMap((one) => second.map((other) => (one > other ? 1 : one === other ? 0.5 : 0)));
  return slower.reduce<number>((sum, value) => sum + value, 0) / slower.length;
}

const median = (times: readonly number[]): number => Math.round(times.toSorted((a, b) => a - b)[times.length >> 1]!);

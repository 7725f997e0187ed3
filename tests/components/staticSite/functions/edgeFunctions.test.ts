import { runInNewContext } from "node:vm";
import { expect } from "chai";
import fc from "fast-check";
import { PAGE_HEADER } from "../../../../components/runtime/pageHeader";
import {
  nameOfPage,
  pageFallback,
  REGION_API,
  RESERVED_SEGMENTS,
  SIGN_IN,
  unknownPageStatus,
} from "../../../../components/staticSite/functions/edgeFunctions";
import { noSuchRoute } from "../../../../domain/http";

interface EdgeRequest {
  method: string;
  uri: string;
  headers: Record<string, { value: string }>;
  querystring?: Record<string, { value: string; multiValue?: { value: string }[] }>;
}

interface Generated {
  statusCode: number;
  statusDescription: string;
  headers: Record<string, { value: string }>;
  body: string;
}

const expectProblem = (answer: Partial<Generated>) => {
  const { statusCode, headers, body } = noSuchRoute();
  expect(answer).to.include({ statusCode, body, statusDescription: "Not Found" });
  for (const [name, value] of Object.entries(headers ?? {})) expect(answer.headers?.[name]).to.deep.equal({ value });
  expect(JSON.parse(answer.body!)).to.include({ type: "/problems/no-such-route", status: 404 });
  expect(answer.headers).to.deep.include({
    "content-type": { value: "application/problem+json" },
    "cache-control": { value: "no-store" },
    "x-content-type-options": { value: "nosniff" },
    "strict-transport-security": { value: "max-age=63072000; includeSubDomains" },
  });
};

/** Runs a CloudFront function as CloudFront does: with the language and nothing else. */
function run(code: string, request: Partial<EdgeRequest>): EdgeRequest & Partial<Generated> {
  const event = { version: "1.0", request: { method: "GET", uri: "/", headers: {}, ...request } };
  return JSON.parse(runInNewContext(`${code};JSON.stringify(handler(${JSON.stringify(event)}))`, {}));
}

describe("the functions of a site that names its pages", () => {
  const pages = ["/", "/products/*", "/orders", "/orders/*"];
  const table: [uri: string, answered: string][] = [
    ["/", "/index.html"],
    ["/products/usb-3.2-hub", "/index.html"],
    ["/orders", "/index.html"],
    ["/orders/", "/index.html"],
    ["/orders/1", "/index.html"],
    ["/products", "/404.html"],
    ["/products/", "/404.html"],
    ["/products/a/b", "/404.html"],
    ["/nowhere", "/404.html"],
    ["//", "/index.html"],
    ["/favicon.svg", "/favicon.svg"],
    ["/assets/missing.js", "/assets/missing.js"],
  ];

  it("send unknown addresses to their own page, and give it the status 404", () => {
    const status = (uri: string, statusCode: number) => {
      const event = { request: { uri }, response: { statusCode, headers: {} } };
      const code = unknownPageStatus(["assets"], pages);
      return JSON.parse(runInNewContext(`${code};JSON.stringify(handler(${JSON.stringify(event)}))`, {})).statusCode;
    };
    for (const [uri, answered] of table) {
      expect(run(pageFallback(["assets"], pages), { uri }).uri, uri).to.equal(answered);
      const expected = answered === "/404.html" ? 404 : 200;
      // CloudFront may pass the path before or after the rewriting.
      for (const seen of [uri, answered]) expect(status(seen, 200), seen).to.equal(expected);
      expect(status(uri, 304), uri).to.equal(304);
    }
  });
});

describe("the function on the default behaviour", () => {
  const code = pageFallback(["assets", "images"]);
  const table: [uri: string, answered: string][] = [
    ["/", "/index.html"],
    ["/search", "/index.html"],
    ["/search/", "/index.html"],
    ["/orders/01JD5", "/index.html"],
    ["/products/usb-3.2-hub", "/index.html"],
    ["/products/a.b", "/index.html"],
    ["/index.html", "/index.html"],
    ["/favicon.svg", "/favicon.svg"],
    ["/config.json", "/config.json"],
    ["/robots.txt", "/robots.txt"],
    ["/missing.txt", "/missing.txt"],
    ["/apiary", "/index.html"],
    ["/products/api", "/index.html"],
    ["/assets/index-Ab12Cd34.js", "/assets/index-Ab12Cd34.js"],
    ["/assets/gone", "/assets/gone"],
    ["/images/kitchen.svg", "/images/kitchen.svg"],
    ["//evil.example/x.js", "/index.html"],
  ];
  for (const [uri, answered] of table) {
    it(`answers ${uri} with ${answered}`, () => {
      expect(run(code, { uri }).uri).to.equal(answered);
    });
  }

  for (const uri of RESERVED_SEGMENTS.flatMap((segment) => [`/${segment}`, `/${segment}/`, `/${segment}/a.json`])) {
    it(`answers ${uri} with a 404 problem document, for every method`, () => {
      for (const method of ["GET", "HEAD", "POST", "DELETE"]) expectProblem(run(code, { uri, method }));
    });
  }

  it("answers any other path with the page or with itself", () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const uri = path.startsWith("/") ? path : `/${path}`;
        fc.pre(!RESERVED_SEGMENTS.includes(uri.split("/")[1]!));
        expect(["/index.html", uri]).to.include(run(code, { uri }).uri);
      }),
      { numRuns: 50 },
    );
  });
});

describe("the function on the sign-in path", () => {
  const call = (operation: string, request: Partial<EdgeRequest> = {}) =>
    run(SIGN_IN, {
      method: "POST",
      uri: "/auth/us-east-1/",
      headers: { "x-amz-target": { value: `AWSCognitoIdentityProviderService.${operation}` } },
      ...request,
    });

  it("rewrites the storefront's operations to Cognito's endpoint", () => {
    for (const operation of ["SignUp", "InitiateAuth", "RespondToAuthChallenge", "RevokeToken"]) {
      expect(call(operation)).to.include({ uri: "/", method: "POST" });
    }
  });

  it("answers everything else with a 404 problem document", () => {
    expectProblem(call("AdminCreateUser"));
    expect(call("ListUsers").statusCode).to.equal(404);
    expect(call("").statusCode).to.equal(404);
    expect(call("SignUp", { method: "GET" }).statusCode).to.equal(404);
    expect(call("SignUp", { uri: "/auth/us-east-1/other" }).statusCode).to.equal(404);
    expect(call("SignUp", { headers: {} }).statusCode).to.equal(404);
    expect(call("SignUp", { headers: { "x-amz-target": { value: "OtherService.SignUp" } } }).statusCode).to.equal(404);
  });
});

describe("the function of the paths of Regions' APIs", () => {
  for (const [uri, forwarded] of [
    ["/regions/us-west-2/api/orders", "/api/orders"],
    ["/regions/us-east-1/api/orders/01JD5/cancel", "/api/orders/01JD5/cancel"],
    ["/regions/us-west-2/api/orders/regions/us-west-2", "/api/orders/regions/us-west-2"],
  ] as const) {
    it(`forwards ${uri} as ${forwarded}, with method and query`, () => {
      const request = { method: "POST", uri, querystring: { q: { value: "a" } }, headers: {} };
      expect(run(REGION_API, request)).to.deep.equal({ ...request, uri: forwarded });
    });
  }
});

describe("the function of rendered pages", () => {
  const headers = { host: { value: "www.example.com" }, [PAGE_HEADER]: { value: "https://evil.example/" } };
  const nameOf = (uri: string, querystring: EdgeRequest["querystring"] = {}) =>
    run(nameOfPage(["q", "category"]), { uri, querystring, headers });

  it("names the page by its whole address, and requests the file of the build", () => {
    const { uri, headers } = nameOf("/products/a%2Fb");
    expect(uri).to.equal("/index.html");
    expect(headers[PAGE_HEADER]).to.deep.equal({ value: "https://www.example.com/products/a%2Fb" });
  });

  it("keeps the parameters on which pages depend, in one order, and no other", () => {
    const category = { value: "B", multiValue: [{ value: "A" }, { value: "B" }] };
    const { headers, querystring } = nameOf("/", { utm_source: { value: "x" }, category, q: { value: "a+b" } });
    expect(headers[PAGE_HEADER]?.value).to.equal("https://www.example.com/?q=a+b&category=A&category=B");
    expect(querystring).to.deep.equal({});
  });

  it("keeps the path of the sitemap", () => {
    expect(nameOf("/sitemap.xml").uri).to.equal("/sitemap.xml");
  });
});

describe("the functions' code", () => {
  it("is small enough for CloudFront and uses only supported features", () => {
    for (const code of [pageFallback(["assets", "images"]), SIGN_IN, REGION_API, nameOfPage(["q"])]) {
      expect(Buffer.byteLength(code)).to.be.below(10 * 1024);
      expect(code).not.to.match(/\b(require|import|export|class|process|setTimeout|eval)\b|\?\.|\?\?/);
    }
  });
});

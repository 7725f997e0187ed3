import { runInNewContext } from "node:vm";
import { expect } from "chai";
import fc from "fast-check";
import { pageFallback, SIGN_IN } from "../../../../components/staticSite/functions/edgeFunctions";

interface EdgeRequest {
  method: string;
  uri: string;
  headers: Record<string, { value: string }>;
}

/** Runs a CloudFront function as CloudFront does: with the language and nothing else. */
function run(code: string, request: Partial<EdgeRequest>): EdgeRequest & { statusCode?: number } {
  const event = { version: "1.0", request: { method: "GET", uri: "/", headers: {}, ...request } };
  return JSON.parse(runInNewContext(`${code};JSON.stringify(handler(${JSON.stringify(event)}))`, {}));
}

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

  it("answers any path with the page or with itself", () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const uri = path.startsWith("/") ? path : `/${path}`;
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

  it("leads what the storefront calls to Cognito's endpoint", () => {
    for (const operation of ["SignUp", "InitiateAuth", "RespondToAuthChallenge", "RevokeToken"]) {
      expect(call(operation)).to.include({ uri: "/", method: "POST" });
    }
  });

  it("keeps everything else away", () => {
    expect(call("AdminCreateUser").statusCode).to.equal(404);
    expect(call("ListUsers").statusCode).to.equal(404);
    expect(call("").statusCode).to.equal(404);
    expect(call("SignUp", { method: "GET" }).statusCode).to.equal(404);
    expect(call("SignUp", { uri: "/auth/us-east-1/other" }).statusCode).to.equal(404);
    expect(call("SignUp", { headers: {} }).statusCode).to.equal(404);
    expect(call("SignUp", { headers: { "x-amz-target": { value: "OtherService.SignUp" } } }).statusCode).to.equal(404);
  });
});

describe("the functions' code", () => {
  it("is small enough for CloudFront and uses nothing it lacks", () => {
    for (const code of [pageFallback(["assets", "images"]), SIGN_IN]) {
      expect(Buffer.byteLength(code)).to.be.below(10 * 1024);
      expect(code).not.to.match(/\b(require|import|export|class|process|setTimeout|eval)\b|\?\.|\?\?/);
    }
  });
});

import { expect } from "chai";
import { allows } from "../../../../local/aws/edge/bucketPolicy";
import { EdgeFunction, EdgeFunctionError, type FunctionEvent } from "../../../../local/aws/edge/edgeFunction";
import { emulatedOrigin } from "../../../../local/aws/edge/originAddresses";
import { matchesPath } from "../../../../local/aws/edge/pathPattern";
import { Policies, selects } from "../../../../local/aws/edge/policies";
import { forwardedHeaders, forwardedQuery } from "../../../../local/aws/edge/webOrigin";

describe("a behaviour's path pattern", () => {
  for (const [pattern, path, expected] of [
    ["*", "/anything/at/all", true],
    ["/api/orders*", "/api/orders", true],
    ["/api/orders*", "/api/orders/o-1", true],
    ["api/orders*", "/api/orders/o-1", true],
    ["/api/orders*", "/API/orders", false],
    ["/a?c", "/abc", true],
    ["/a?c", "/ac", false],
    ["/a.c", "/abc", false],
    ["/auth/*", "/auth", false],
    ["*.jpg", "/x/y.jpg", true],
  ] as const) {
    it(`${pattern} ${expected ? "matches" : "does not match"} ${path}`, () => {
      expect(matchesPath(pattern, path)).to.equal(expected);
    });
  }
});

describe("a bucket policy", () => {
  const sourceArn = "arn:aws:cloudfront::000000000000:distribution/E1";
  const policy = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const read = {
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::b/site/*",
    Condition: { StringEquals: { "AWS:SourceArn": sourceArn } },
  };
  const request = { action: "s3:GetObject", resource: "arn:aws:s3:::b/site/index.html", sourceArn } as const;

  it("allows only the distribution and the objects that it names", () => {
    expect(allows(policy(read), request)).to.equal(true);
    expect(allows(policy(read), { ...request, resource: "arn:aws:s3:::b/secret" })).to.equal(false);
    expect(allows(policy(read), { ...request, action: "s3:ListBucket", resource: "arn:aws:s3:::b" })).to.equal(false);
    expect(allows(policy(read), { ...request, sourceArn: `${sourceArn}2` })).to.equal(false);
  });

  it("allows no distribution that it does not name, without access control, or without a policy", () => {
    expect(allows(policy({ ...read, Principal: { Service: "s3.amazonaws.com" } }), request)).to.equal(false);
    expect(allows(policy(read), { ...request, sourceArn: undefined })).to.equal(false);
    expect(allows(undefined, request)).to.equal(false);
  });

  it("puts a deny before an allow, and treats the edge's requests as TLS", () => {
    const deny = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" };
    const insecure = { ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } };
    expect(allows(policy(read, deny), request)).to.equal(false);
    expect(allows(policy(read, insecure), request)).to.equal(true);
  });

  it("allows nothing by an unknown condition", () => {
    const condition = { Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } };
    expect(allows(policy({ ...read, ...condition }), request)).to.equal(false);
  });
});

describe("a CloudFront function", () => {
  const event: FunctionEvent = {
    version: "1.0",
    context: { distributionDomainName: "d", distributionId: "E", eventType: "viewer-request", requestId: "r" },
    viewer: { ip: "127.0.0.1" },
    request: { method: "GET", uri: "/", querystring: {}, headers: {}, cookies: {} },
  };
  const lines: string[] = [];
  const run = (code: string) => new EdgeFunction("f", code, "cloudfront-js-2.0", (line) => lines.push(line)).run(event);

  it("returns what its handler returns, asynchronous or not, and may log", () => {
    expect(run("function handler(e) { console.log('seen', e.request.uri); return e.request; }")).to.include({
      uri: "/",
    });
    expect(run("async function handler(e) { await null; return { statusCode: 204 }; }")).to.deep.equal({
      statusCode: 204,
    });
    expect(lines).to.deep.equal(["f: seen /"]);
  });

  it("has hashes, but no network, timers, eval or state of an earlier run", () => {
    const hash = "function handler() { return require('crypto').createHash('sha256').update('x').digest('hex'); }";
    expect(run(hash)).to.match(/^2d711642/);
    const types = "function handler() { return [typeof fetch, typeof setTimeout, typeof process, typeof module]; }";
    expect(run(types)).to.deep.equal(Array(4).fill("undefined"));
    for (const code of [
      "var n = 0; function handler() { return ++n; }",
      "let n = 0; const handler = () => ++n;",
      "function handler() { n = (typeof n === 'undefined' ? 0 : n) + 1; return n; }",
    ]) {
      const counter = new EdgeFunction("f", code, "cloudfront-js-2.0", () => {});
      expect([counter.run(event), counter.run(event)], code).to.deep.equal([1, 1]);
    }
    expect(() => run("function handler() { return eval('1'); }")).to.throw(EdgeFunctionError);
  });

  for (const [title, code] of [
    ["throws", "function handler() { throw new Error('no'); }"],
    ["loops for ever", "function handler() { while (true) {} }"],
    ["loops for ever behind a promise", "async function handler() { await null; while (true) {} }"],
    ["waits for ever", "function handler() { return new Promise(function () {}); }"],
    ["returns nothing", "function handler() {}"],
    ["asks for an unknown module", "function handler() { return require('fs'); }"],
  ] as const) {
    it(`fails when it ${title}`, () => expect(() => run(code)).to.throw(EdgeFunctionError));
  }

  it("is refused when it is too large, uses another runtime or needs a key-value store", () => {
    const make =
      (code: string, runtime = "cloudfront-js-2.0") =>
      () =>
        new EdgeFunction("f", code, runtime, () => {});
    expect(make(`// ${"x".repeat(10_240)}`)).to.throw("larger than 10 KB");
    expect(make("", "cloudfront-js-1.0")).to.throw("only cloudfront-js-2.0");
    expect(make("import cf from 'cloudfront';")).to.throw("key-value stores");
  });
});

describe("forwardedHeaders and forwardedQuery", () => {
  const policies = new Policies([]);
  const disabled = policies.cache("4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
  const allButHost = policies.originRequest("b689b0a8-53d0-40ab-baf2-68738e2966ac");
  const request = {
    method: "POST",
    uri: "/",
    query: "q=1",
    headers: {
      host: "shop",
      authorization: "Bearer x",
      cookie: "a=1; b=2",
      "content-type": "application/json",
      te: "x",
    },
    body: Buffer.from("{}"),
    viewerIp: "127.0.0.1",
    requestId: "r",
  };

  it("forward only the body without an origin request policy", () => {
    const none = { cache: disabled, originRequest: policies.originRequest(undefined) };
    expect(forwardedQuery("q=1&r=2", none)).to.equal("");
    expect(forwardedHeaders(request, none)).to.have.keys([
      "user-agent",
      "content-type",
      "content-length",
      "x-forwarded-for",
      "x-forwarded-proto",
      "via",
      "x-amz-cf-id",
    ]);
  });

  it("forward all but the host with AllViewerExceptHostHeader", () => {
    const behavior = { cache: disabled, originRequest: allButHost };
    expect(forwardedQuery("q=1&r=2", behavior)).to.equal("q=1&r=2");
    const headers = forwardedHeaders(request, behavior);
    expect(headers).to.include({ authorization: "Bearer x", cookie: "a=1; b=2", "x-forwarded-for": "127.0.0.1" });
    expect(headers).not.to.have.any.keys("host", "te");
  });

  it("follow a policy's lists", () => {
    expect(selects({ kind: "listed", names: ["a"] }, "a")).to.equal(true);
    expect(selects({ kind: "listed", names: ["a"] }, "b")).to.equal(false);
    expect(selects({ kind: "all-except", names: ["a"] }, "b")).to.equal(true);
    expect(() => policies.cache("unknown")).to.throw("Neither the program nor the edge has a cache policy unknown.");
  });
});

describe("emulatedOrigin", () => {
  const find = emulatedOrigin([{ region: "us-east-1", endpoint: "http://127.0.0.1:4566" }]);
  it("resolves AWS's names to the emulator of their Region", () => {
    expect(find("abc123.execute-api.us-east-1.amazonaws.com")).to.deep.equal({
      url: "http://127.0.0.1:4566",
      hostHeader: "abc123.execute-api.localhost:4566",
    });
    expect(find("cognito-idp.us-east-1.amazonaws.com")?.hostHeader).to.equal("cognito-idp.us-east-1.amazonaws.com");
  });
  it("does not resolve names of another Region or service", () => {
    expect(find("abc.execute-api.eu-west-1.amazonaws.com")).to.equal(undefined);
    expect(find("example.com")).to.equal(undefined);
  });
});

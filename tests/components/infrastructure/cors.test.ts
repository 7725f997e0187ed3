import { expect } from "chai";
import { ArgumentChecks } from "../../../components/arguments/checks";
import { CORS_HEADERS, type CorsArgs, checkCors, corsOf } from "../../../components/infrastructure/cors";

const PAGE = "https://shop.example.com";

describe("checkCors", () => {
  const check = (cors: CorsArgs | undefined) => () => checkCors(new ArgumentChecks("Api", "orders"), cors);

  it("accepts origins, loopback ones without TLS, and all of them", () => {
    expect(check(undefined)).to.not.throw();
    expect(check({ allowOrigins: [PAGE, "http://localhost:5173"] })).to.not.throw();
    expect(check({ allowOrigins: ["*"], maxAgeSeconds: 86_400 })).to.not.throw();
  });

  const refused: [string, CorsArgs, RegExp][] = [
    ["no origin", { allowOrigins: [] }, /cors\.allowOrigins/],
    ["a path", { allowOrigins: [`${PAGE}/`] }, /cors\.allowOrigins\[0\]/],
    ["an origin without TLS", { allowOrigins: [PAGE, "http://shop.example.com"] }, /cors\.allowOrigins\[1\]/],
    ["every origin beside another", { allowOrigins: ["*", PAGE] }, /has "\*" beside others/],
    ["cookies from every origin", { allowOrigins: ["*"], allowCredentials: true }, /cors\.allowCredentials/],
    ["a method that HTTP does not have", { allowOrigins: [PAGE], allowMethods: ["FETCH"] }, /cors\.allowMethods\[0\]/],
    ["a time of more than a day", { allowOrigins: [PAGE], maxAgeSeconds: 86_401 }, /cors\.maxAgeSeconds/],
    ["an unknown field", { allowOrigins: [PAGE], origins: [] } as CorsArgs, /origins/],
  ];
  for (const [what, cors, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(check(cors)).to.throw(message);
    });
  }
});

describe("corsOf", () => {
  it("admits the methods of the routes, each once, and the headers of the store", () => {
    expect(corsOf({ allowOrigins: [PAGE] }, ["GET /a", "GET /b", "PUT /a", "$default"])).to.deep.equal({
      allowOrigins: [PAGE],
      allowMethods: ["GET", "PUT"],
      allowHeaders: [...CORS_HEADERS],
      exposeHeaders: ["etag", "retry-after"],
      allowCredentials: false,
      maxAge: 300,
    });
  });

  it("admits every method for a route of any", () => {
    expect(corsOf({ allowOrigins: [PAGE] }, ["GET /a", "ANY /b"]).allowMethods).to.deep.equal(["*"]);
  });

  it("takes what is given instead", () => {
    const given = { allowMethods: ["GET"], allowHeaders: ["x-a"], exposeHeaders: [], allowCredentials: true };
    const { maxAge: _age, allowOrigins: _origins, ...set } = corsOf({ allowOrigins: [PAGE], ...given }, ["ANY /b"]);
    expect(set).to.deep.equal(given);
  });
});

import { expect } from "chai";
import sinon from "sinon";
import { SECOND_FACTOR_ELSEWHERE } from "../../../domain/auth/directory";
import { FakePage } from "../../kit/fakePage";

/** The module is the page's, whose types this project does not have. */
interface PoolModule {
  callPool(pool: { path: string }, operation: string, input: object): Promise<object>;
}

describe("callPool", () => {
  let page: FakePage;
  let answer: () => Response | undefined;

  beforeEach(() => {
    page = new FakePage(() => answer());
  });
  afterEach(() => sinon.restore());

  const call = () =>
    page
      .open<PoolModule>("signIn/pool.ts")
      .callPool({ path: "/auth/us-east-1/" }, "SignUp", { Username: "ann" })
      .catch(({ name, message }: Error) => ({ name, message }));
  const refusal = (status: number, body: object | string) => () =>
    new Response(typeof body === "string" ? body : JSON.stringify(body), { status });

  it("calls an operation through the site, with a time limit", async () => {
    answer = () => Response.json({ UserSub: "1" });
    expect(await call()).to.deep.equal({ UserSub: "1" });
    const [{ path, init }] = page.requests as [(typeof page.requests)[number]];
    expect(path).to.equal("/auth/us-east-1/");
    expect(new Headers(init.headers).get("x-amz-target")).to.equal("AWSCognitoIdentityProviderService.SignUp");
    expect(JSON.parse(String(init.body))).to.deep.equal({ Username: "ann" });
    expect(init.signal).to.be.an.instanceOf(AbortSignal);
  });

  it("takes an empty answer for one without values", async () => {
    answer = () => new Response("");
    expect(await call()).to.deep.equal({});
  });

  it("names a refusal as Cognito does", async () => {
    answer = refusal(400, { __type: "com.amazonaws#CodeMismatchException", message: "Invalid code." });
    expect(await call()).to.deep.equal({ name: "CodeMismatchException", message: "Invalid code." });
    answer = refusal(400, { __type: "NotAuthorizedException" });
    expect(await call()).to.deep.equal({ name: "NotAuthorizedException", message: "NotAuthorizedException" });
  });

  for (const [how, unknown] of [
    ["the connection breaks", () => undefined],
    ["the pool fails", refusal(500, { __type: "InternalErrorException" })],
    ["the edge refuses", refusal(403, "<html>blocked</html>")],
    ["the answer is another form of JSON", refusal(400, "null")],
    ["a trigger fails", refusal(400, { __type: "UnexpectedLambdaException", message: "Timed out." })],
  ] as const) {
    it(`says that the pool can't be reached if ${how}`, async () => {
      answer = unknown;
      expect(await call()).to.have.property("name", "PoolUnreachableError");
    });
  }

  it("passes on what a trigger has refused by itself", async () => {
    const message = `PreAuthentication failed with error ${SECOND_FACTOR_ELSEWHERE} (us-west-2).`;
    answer = refusal(400, { __type: "UserLambdaValidationException", message });
    expect(await call()).to.deep.equal({ name: "UserLambdaValidationException", message });
  });
});

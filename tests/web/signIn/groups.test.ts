import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";

/** The module is the page's, whose types this project does not have. */
interface GroupsModule {
  readGroups(): Promise<string[]>;
}

describe("readGroups", () => {
  afterEach(() => sinon.restore());

  const groupsOf = (payload: string) => {
    const page = new FakePage();
    const pool = { kind: "cognito", userPoolId: "us-east-1_a", clientId: "client", path: "/pool" };
    const accessToken = `e30.${Buffer.from(payload).toString("base64url")}.`;
    const session = { pool, accessToken, refreshToken: "refresh", expiresAt: Date.now() + 3_600_000 };
    page.local["stayopen.session"] = JSON.stringify(session);
    return page.open<GroupsModule>("signIn/groups.ts").readGroups();
  };

  for (const [what, payload, expected] of [
    ["a pool's list", '{"cognito:groups":["merchandisers","staff"]}', ["merchandisers", "staff"]],
    ["an issuer's list", '{"groups":["merchandisers"]}', ["merchandisers"]],
    ["an issuer's words", '{"groups":"staff, merchandisers"}', ["staff", "merchandisers"]],
    ["no claim", '{"sub":"ann"}', []],
    ["a claim of another form", '{"groups":7}', []],
    ["a token that is no JSON", "opaque", []],
  ] as const) {
    it(`reads ${what}`, async () => expect(await groupsOf(payload)).to.deep.equal(expected));
  }
});

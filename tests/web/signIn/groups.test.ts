import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";
import { keptSession, POOL_SESSION } from "../../kit/keptSession";

/** The module is the page's, whose types this project does not have. */
interface GroupsModule {
  readGroups(): Promise<string[]>;
}

describe("readGroups", () => {
  afterEach(() => sinon.restore());

  const groupsOf = (payload: string) => {
    const page = new FakePage();
    page.local[POOL_SESSION] = keptSession(`e30.${Buffer.from(payload).toString("base64url")}.`);
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

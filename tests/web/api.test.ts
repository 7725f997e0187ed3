import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../kit/fakePage";

/** The module is the page's, whose types this project does not have. */
interface ApiModule {
  callSignedIn(path: string): Promise<object>;
}

const REFUSED_BY_GATEWAY = () => Response.json({ message: "Unauthorized" }, { status: 401 });
const REFUSED_BY_HANDLER = () => Response.json({ type: "/problems/not-yours" }, { status: 403 });

describe("callSignedIn", () => {
  let page: FakePage;
  let answers: (() => Response)[];
  let used: (string | null)[];

  beforeEach(() => {
    used = [];
    page = new FakePage((path, { headers }) => {
      if (path === "/pool")
        return Response.json({ AuthenticationResult: { AccessToken: "renewed", ExpiresIn: 3_600 } });
      used.push(new Headers(headers).get("authorization"));
      return (answers.shift() ?? (() => Response.json({ ok: true })))();
    });
    const pool = { kind: "cognito", clientId: "client", path: "/pool" };
    const session = { pool, accessToken: "first", refreshToken: "refresh", expiresAt: Date.now() + 3_600_000 };
    page.local["stayopen.session"] = JSON.stringify(session);
  });
  afterEach(() => sinon.restore());

  const call = () =>
    page
      .open<ApiModule>("api.ts")
      .callSignedIn("/api/orders")
      .catch((error: unknown) => error);

  it("calls with the session's token", async () => {
    answers = [];
    expect(await call()).to.deep.equal({ ok: true });
    expect(used).to.deep.equal(["Bearer first"]);
  });

  it("renews a refused token once", async () => {
    answers = [REFUSED_BY_GATEWAY];
    expect(await call()).to.deep.equal({ ok: true });
    expect(used).to.deep.equal(["Bearer first", "Bearer renewed"]);
  });

  it("signs out if the renewed token is refused too", async () => {
    answers = [REFUSED_BY_GATEWAY, REFUSED_BY_GATEWAY];
    expect(await call()).to.have.property("status", 401);
    expect(used).to.have.length(2);
    expect(page.local).not.to.have.property("stayopen.session");
  });

  it("stays signed in if the session has another token by the time of the second refusal", async () => {
    const next = () => {
      page.local["stayopen.session"] = page.local["stayopen.session"]!.replace("renewed", "next");
      return REFUSED_BY_GATEWAY();
    };
    answers = [REFUSED_BY_GATEWAY, next];
    expect(await call()).to.have.property("status", 401);
    expect(page.local["stayopen.session"]).to.contain("next");
  });

  it("takes a handler's own refusal for the answer", async () => {
    answers = [REFUSED_BY_HANDLER];
    expect(await call()).to.have.property("status", 403);
    expect(used).to.deep.equal(["Bearer first"]);
    expect(page.local).to.have.property("stayopen.session");
  });

  it("stays signed in if another refusal follows the renewal", async () => {
    answers = [REFUSED_BY_GATEWAY, REFUSED_BY_HANDLER];
    expect(await call()).to.have.property("status", 403);
    expect(page.local).to.have.property("stayopen.session");
  });
});

import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../kit/fakePage";

/** The module is the page's, whose types this project does not have. */
interface SettingsModule {
  readSettings(): Promise<{ region: string }>;
  userPools(settings: object): object[] | undefined;
}

describe("readSettings", () => {
  let clock: sinon.SinonFakeTimers;
  let page: FakePage;
  let answers: Record<string, (() => Response) | undefined>;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    answers = { "/api/config": () => Response.json({ region: "us-east-1" }) };
    page = new FakePage((path) => answers[path]?.());
  });
  afterEach(() => {
    clock.restore();
    sinon.restore();
  });

  const open = () => page.open<SettingsModule>("settings.ts");
  const asked = (path: string) => page.requests.filter((request) => request.path === path).length;

  it("asks at most once a minute", async () => {
    const { readSettings } = open();
    const [first, second] = await Promise.all([readSettings(), readSettings()]);
    expect(first).to.equal(second).and.to.deep.equal({ region: "us-east-1" });
    clock.tick(59_999);
    await readSettings();
    expect(asked("/api/config")).to.equal(1);
    clock.tick(1);
    await readSettings();
    expect(asked("/api/config")).to.equal(2);
  });

  it("reads the site's file if no Region answers", async () => {
    answers = { "/config.json": () => Response.json({ region: "us-west-2" }) };
    expect(await open().readSettings()).to.deep.equal({ region: "us-west-2" });
  });

  it("does not keep a failure", async () => {
    answers = { "/config.json": () => new Response("", { status: 404 }) };
    const { readSettings } = open();
    expect(await readSettings().catch((error: unknown) => error)).to.be.instanceOf(Error);
    answers = { "/api/config": () => Response.json({ region: "us-east-1" }) };
    expect(await readSettings()).to.deep.equal({ region: "us-east-1" });
  });
});

describe("userPools", () => {
  afterEach(() => sinon.restore());

  it("has the pool of the Region that answered first, and none of an external issuer", () => {
    const { userPools } = new FakePage().open<SettingsModule>("settings.ts");
    const [here, there] = [
      { kind: "cognito", userPoolId: "here" },
      { kind: "cognito", userPoolId: "there" },
    ];
    const regions = [
      { region: "us-west-2", auth: there, here: false },
      { region: "eu-west-1", auth: { kind: "oidc" }, here: false },
      { region: "us-east-1", auth: here, here: true },
    ];
    expect(userPools({ auth: here, regions })).to.deep.equal([here, there]);
    expect(userPools({ auth: here })).to.deep.equal([here]);
    expect(userPools({ auth: { kind: "oidc" }, regions })).to.equal(undefined);
  });
});

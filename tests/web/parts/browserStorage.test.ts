import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";

/** The module is the page's, whose types this project does not have. */
interface BrowserStorageModule {
  browserStorage: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
    keys(): string[];
  };
  tabStorage: BrowserStorageModule["browserStorage"];
  readKept(storage: object, key: string): unknown;
}

describe("browserStorage", () => {
  afterEach(() => sinon.restore());
  const open = (page: FakePage) => page.open<BrowserStorageModule>("parts/browserStorage.ts");

  it("keeps values in the browser, and those of a tab in the tab", () => {
    const page = new FakePage();
    const { browserStorage, tabStorage } = open(page);
    browserStorage.setItem("a", "1");
    tabStorage.setItem("b", "2");
    expect({ ...page.local }).to.deep.equal({ a: "1" });
    expect({ ...page.session }).to.deep.equal({ b: "2" });
    expect(open(page).browserStorage.getItem("a")).to.equal("1");
    expect(open(page).tabStorage.keys()).to.deep.equal(["b"]);
  });

  const refusals: [string, () => never][] = [
    [
      "forbidden",
      () => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    ],
    ["missing", () => null as never],
  ];
  for (const [what, find] of refusals) {
    it(`keeps values as long as the page where the storage is ${what}`, () => {
      const { browserStorage } = open(new FakePage());
      sinon.restore();
      Object.defineProperty(globalThis, "localStorage", { configurable: true, get: find });
      try {
        expect(browserStorage.getItem("a")).to.equal(null);
        browserStorage.setItem("a", "1");
        expect(browserStorage.getItem("a")).to.equal("1");
        expect(browserStorage.keys()).to.deep.equal(["a"]);
        browserStorage.removeItem("a");
        expect(browserStorage.getItem("a")).to.equal(null);
      } finally {
        Reflect.deleteProperty(globalThis, "localStorage");
      }
    });
  }

  it("keeps what a full storage refuses, before the value that it has", () => {
    const page = new FakePage();
    const { browserStorage } = open(page);
    browserStorage.setItem("a", "1");
    const storage = { getItem: (key: string) => page.local[key] ?? null, setItem: () => full() };
    const full = () => {
      throw new DOMException("", "QuotaExceededError");
    };
    sinon.restore();
    sinon.define(globalThis, "localStorage" as never, storage as never);
    browserStorage.setItem("a", "2");
    expect(browserStorage.getItem("a")).to.equal("2");
  });

  it("reads no value from a text that is no JSON", () => {
    const page = new FakePage();
    const { browserStorage, readKept } = open(page);
    page.local["a"] = "{";
    expect(readKept(browserStorage, "a")).to.equal(undefined);
    expect(readKept(browserStorage, "b")).to.equal(undefined);
    page.local["a"] = '{"b":1}';
    expect(readKept(browserStorage, "a")).to.deep.equal({ b: 1 });
  });
});

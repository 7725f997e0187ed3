import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";

/** The module is the page's, whose types this project does not have. */
interface MerchandiseApi {
  fetchOrders(
    conditions: { state: string; email: string; day: string },
    before: string | undefined,
    signal: AbortSignal,
  ): Promise<{ orders: object[]; next?: string }>;
}

describe("fetchOrders", () => {
  let page: FakePage;
  let pages: { orders: object[]; next?: string }[];

  beforeEach(() => {
    page = new FakePage(() => Response.json(pages.shift()));
    const pool = { kind: "cognito", clientId: "client", path: "/pool" };
    const session = { pool, accessToken: "token", refreshToken: "refresh", expiresAt: Date.now() + 3_600_000 };
    page.local["stayopen.session"] = JSON.stringify(session);
  });
  afterEach(() => sinon.restore());

  const fetchOrders = (changes: object = {}, before?: string) =>
    page
      .open<MerchandiseApi>("merchandise/merchandiseApi.ts")
      .fetchOrders({ state: "all", email: "", day: "", ...changes }, before, new AbortController().signal);
  const queries = () => page.requests.map(({ path }) => [...new URL(path, "https://store.test").searchParams]);

  it("sends only the conditions that were typed", async () => {
    pages = [{ orders: [{}] }, { orders: [{}] }];
    await fetchOrders();
    await fetchOrders({ state: "open", email: "ann" }, "page-2");
    expect(queries()).to.deep.equal([
      [],
      [
        ["state", "open"],
        ["before", "page-2"],
      ],
    ]);
  });

  it("reads on while pages have no fitting order", async () => {
    pages = [
      { orders: [], next: "a" },
      { orders: [], next: "b" },
      { orders: [{}], next: "c" },
    ];
    expect(await fetchOrders({ email: " ann@example.com" })).to.deep.equal({ orders: [{}], next: "c" });
    expect(queries().map((query) => Object.fromEntries(query))).to.deep.equal([
      { email: "ann@example.com" },
      { email: "ann@example.com", before: "a" },
      { email: "ann@example.com", before: "b" },
    ]);
  });

  it("stops at the last page, and after five without a fitting order", async () => {
    pages = [{ orders: [] }];
    expect(await fetchOrders()).to.deep.equal({ orders: [] });
    pages = Array.from({ length: 9 }, (_, page) => ({ orders: [], next: String(page) }));
    expect(await fetchOrders()).to.deep.equal({ orders: [], next: "4" });
  });
});

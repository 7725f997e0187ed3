import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";
import { keptSession, POOL_SESSION } from "../../kit/keptSession";

/** The module is the page's, whose types this project does not have. */
interface OrdersApiModule {
  formatTime(iso: string): string;
  listOrders(before: string | undefined, signal: AbortSignal): Promise<object>;
  cancelOrder(orderId: string): Promise<object>;
  fetchCreditNote(orderId: string, refundId: string): Promise<object>;
}

describe("the page's calls of orders", () => {
  let page: FakePage;
  let api: OrdersApiModule;

  beforeEach(() => {
    page = new FakePage(() => Response.json({}));
    page.local[POOL_SESSION] = keptSession("token");
    api = page.open<OrdersApiModule>("orders/ordersApi.ts");
  });
  afterEach(() => sinon.restore());

  it("escape ids and cursors", async () => {
    const { signal } = new AbortController();
    await api.listOrders(undefined, signal);
    await api.listOrders("a=b&c", signal);
    await api.cancelOrder("o/1");
    await api.fetchCreditNote("o/1", "r 1");
    expect(page.requests.map(({ path, init }) => `${init.method ?? "GET"} ${path}`)).to.deep.equal([
      "GET /api/orders",
      "GET /api/orders?before=a%3Db%26c",
      "POST /api/orders/o%2F1/cancel",
      "GET /api/orders/o%2F1/refunds/r%201/credit-note",
    ]);
  });

  it("show as much of a time as is not clear from today", () => {
    const clock = sinon.useFakeTimers({ now: new Date(2026, 5, 15, 12), toFake: ["Date"] });
    try {
      const shown = (...at: [number, number, number, number]) => api.formatTime(new Date(...at).toISOString());
      // In any zone; a narrow space may stand before AM and PM.
      expect(shown(2026, 5, 15, 9)).to.match(/^today, 9:00\sAM$/);
      expect(shown(2026, 4, 3, 9)).to.match(/^May 3, 9:00\sAM$/);
      expect(shown(2025, 11, 31, 9)).to.match(/^Dec 31, 2025, 9:00\sAM$/);
    } finally {
      clock.restore();
    }
  });
});

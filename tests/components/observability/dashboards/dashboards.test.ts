import { expect } from "chai";
import { widgetsOf } from "../../../kit/dashboardWidgets";
import { type observe, observePrimary } from "../../../kit/observabilityStand";

describe("Dashboards", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof observe>>;
  before(async () => {
    all = await observePrimary();
  });

  it("shows the age of both streams' records", () => {
    const dashboard = all.of("Dashboard").find(({ name }) => name === "observability")!;
    expect(String(dashboard.inputs["dashboardBody"]))
      .to.include('"IteratorAge","FunctionName","store-orders-dispatcher"')
      .and.include('"IteratorAge","FunctionName","store-search-indexer"');
  });

  it("builds valid dashboards: on the grid, without overlap, dimensions in pairs", () => {
    expect(all.of("Dashboard").map(({ inputs }) => inputs["dashboardName"])).to.have.members([
      "store-prod-east-observability",
      "store-prod-east-observability-all-regions",
    ]);
    for (const dashboard of all.of("Dashboard")) {
      const widgets = widgetsOf(dashboard);
      expect(widgets.length).to.be.within(8, 500);
      const cells = new Set<string>();
      for (const { type, x, y, width, height, properties } of widgets) {
        expect(type).to.be.oneOf(["metric", "text", "alarm"]);
        expect(x + width).to.be.at.most(24);
        for (let column = x; column < x + width; column++) {
          for (let row = y; row < y + height; row++) {
            expect(cells.has(`${column},${row}`), `overlap at ${column},${row}`).to.equal(false);
            cells.add(`${column},${row}`);
          }
        }
        if (type !== "metric") continue;
        expect(properties["region"]).to.match(/^us-(east-1|west-2)$/);
        for (const metric of properties["metrics"] as (string | object)[][]) {
          const names = metric.filter((part) => typeof part === "string");
          if (names.length > 0) expect(names.length % 2, JSON.stringify(metric)).to.equal(0);
          else expect(metric[0]).to.have.property("expression");
        }
      }
    }
  });

  it("shows the customers' experience first", () => {
    const titles = widgetsOf(all.of("Dashboard").find(({ name }) => name === "observability")!)
      .filter(({ type }) => type === "metric")
      .map(({ properties }) => properties["title"]);
    expect(titles.slice(0, 3)).to.deep.equal(["Orders accepted", "Searches answered", "Time to payment"]);
  });
});

import { expect } from "chai";
import { graph, heading, layout } from "../../../../components/observability/dashboards/widgets";

const wide = (width: number) => graph({ title: "Orders", region: "us-east-1", metrics: [], width });

describe("layout", () => {
  it("places widgets side by side while the row has room, and the next row below the highest", () => {
    const placed = layout([heading("# Orders"), wide(12), { ...wide(12), height: 9 }, wide(8), wide(8), wide(12)]);
    expect(placed.map(({ x, y }) => [x, y])).to.deep.equal([
      [0, 0],
      [0, 2],
      [12, 2],
      [0, 11],
      [8, 11],
      [0, 17],
    ]);
  });
});

describe("graph", () => {
  const axisOf = (widget: ReturnType<typeof graph>) => (widget.properties["yAxis"] as { left: object }).left;

  it("begins its axis at 0 and leaves its end open, unless it is given", () => {
    expect(axisOf(wide(8))).to.deep.equal({ min: 0 });
    const share = graph({ title: "Share", region: "us-east-1", metrics: [], from: 99, to: 100, label: "%" });
    expect(axisOf(share)).to.deep.equal({ min: 99, max: 100, label: "%" });
  });
});

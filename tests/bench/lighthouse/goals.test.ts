import { expect } from "chai";
import { faultsOf, GOALS, keeps } from "../../../bench/lighthouse/goals";
import type { Report } from "../../../bench/lighthouse/install";

const REPORT: Report = {
  categories: {
    performance: { score: 0.949 },
    accessibility: { score: 1 },
    "best-practices": { score: 0.99 },
    seo: { score: null },
  },
  audits: {
    "cumulative-layout-shift": { score: 1, numericValue: 0.02, title: "Cumulative Layout Shift" },
    "largest-contentful-paint": { score: 0.5, numericValue: 1_501, title: "Largest Contentful Paint" },
    "network-requests": {
      score: null,
      title: "Network Requests",
      details: {
        items: [
          { resourceType: "Script", transferSize: 70 * 1_024 },
          { resourceType: "Document", transferSize: 9_999 },
        ],
      },
    },
  },
};

describe("GOALS of bench:lighthouse", () => {
  it("read each figure, and compare it with its limit", () => {
    const figures = GOALS.map((goal) => [goal.what, goal.read(REPORT), keeps(goal, goal.read(REPORT))]);
    expect(figures).to.deep.equal([
      ["performance", 95, true],
      ["accessibility", 100, true],
      ["best practices", 99, false],
      ["SEO", 0, false],
      ["layout shift", 0.02, true],
      ["largest paint, s", 1.501, false],
      ["JavaScript, KB", 70, true],
    ]);
  });

  it("name the audits that cost points", () => {
    expect(faultsOf(REPORT)).to.deep.equal(["largest-contentful-paint: Largest Contentful Paint"]);
  });
});

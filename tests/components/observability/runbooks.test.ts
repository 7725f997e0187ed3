import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { observe, primary } from "../../kit/observabilityStand";

const folder = path.join(__dirname, "..", "..", "..", "docs", "runbooks");
const pages = fs.readdirSync(folder).map((file) => path.basename(file, ".md"));

/** AWS reports unusual costs without an alarm of the store, and its message cannot name a page. */
const REPORTED_BY_AWS = ["costs-unusual"];

/** Sections that an operator on call needs on each page. */
const HEADINGS = ["## Meaning", "## Look", "## Do", "## Over when"];

describe("Runbooks", function () {
  this.timeout(120_000);
  let descriptions: Map<string, string>;
  let windows: Map<string, number>;
  let dashboards: string[];
  before(async () => {
    const { of } = await observe({ ...primary, runbooks: "https://git.example.com/store/" });
    dashboards = of("Dashboard").map(({ inputs }) => String(inputs["dashboardBody"]));
    descriptions = new Map(
      [...of("MetricAlarm"), ...of("CompositeAlarm")].map(({ name, inputs }) => [
        name,
        String(inputs["alarmDescription"]),
      ]),
    );
    windows = new Map(
      of("MetricAlarm").map(({ name, inputs }) => [
        name,
        Number(inputs["period"]) * Number(inputs["evaluationPeriods"]),
      ]),
    );
  });
  /** Words for the times in the pages. */
  const MINUTES = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

  for (const [alarm, page] of [
    ["failover-heartbeat-missing", "watch-silent"],
    ["observability-orders-replication-to-us-west-2-late", "replication-late"],
    ["observability-site-errors", "site-errors"],
  ] as const) {
    it(`${page} states the time after which ${alarm} is raised`, () => {
      const text = fs.readFileSync(path.join(folder, `${page}.md`), "utf8");
      const means = text.slice(text.indexOf("## Meaning"), text.indexOf("## Look")).toLowerCase();
      const said = [...means.matchAll(/for (\w+) minutes/g)].map((match) => MINUTES.indexOf(match[1]!) * 60);
      expect(said).to.deep.equal([windows.get(alarm)]);
    });
  }

  const pageOf = (description: string) => /Runbook: \S*docs\/runbooks\/([\w-]+)\.md$/.exec(description)?.[1];

  it("are named by every alarm, and every named one exists", () => {
    const wrong = [...descriptions].filter(([, description]) => !pages.includes(pageOf(description) ?? ""));
    expect(wrong).to.deep.equal([]);
    expect(descriptions.size).to.be.at.least(40);
  });

  it("belong to an alarm each", () => {
    const named = new Set([...[...descriptions.values()].map(pageOf), ...REPORTED_BY_AWS]);
    expect(pages.filter((page) => !named.has(page))).to.deep.equal([]);
  });

  it("are linked from their first page", () => {
    const first = fs.readFileSync(path.join(folder, "README.md"), "utf8");
    expect(pages.filter((page) => page !== "README" && !first.includes(`(${page}.md)`))).to.deep.equal([]);
  });

  it("are linked with the address that the caller gives", () => {
    expect(descriptions.get("observability-orders-slow")).to.match(
      /Runbook: https:\/\/git\.example\.com\/store\/docs\/runbooks\/orders-slow\.md$/,
    );
  });

  it("name parts of the dashboard by their titles", () => {
    const texts = pages.map((page) => fs.readFileSync(path.join(folder, `${page}.md`), "utf8"));
    const named = texts.flatMap((text) =>
      [...text.matchAll(/dashboard(?:,|'s) “([^”]+)”/gi)].map((match) => match[1]!),
    );
    const titles = dashboards.flatMap((body) =>
      [...body.matchAll(/"title":"([^"]+)"|"markdown":"#+ ([^"]+)"/g)].map((match) => match[1] ?? match[2]!),
    );
    expect(named.length).to.be.above(8);
    expect(named.filter((name) => !titles.some((title) => title.startsWith(name)))).to.deep.equal([]);
  });

  for (const page of pages.filter((name) => name !== "README")) {
    it(`${page} has the sections of a runbook`, () => {
      const text = fs.readFileSync(path.join(folder, `${page}.md`), "utf8");
      expect(HEADINGS.filter((heading) => !text.includes(`\n${heading}\n`))).to.deep.equal([]);
    });
  }
});

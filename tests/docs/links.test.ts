import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";

const root = path.join(__dirname, "..", "..");
// Not by git: what the pipeline builds is an archive of the sources, without their history.
const pages = pagesIn("").sort();

/** Skips installed, built and hidden files. */
function pagesIn(folder: string): string[] {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      const isOurs = !entry.name.startsWith(".") && !["node_modules", "dist"].includes(entry.name);
      return isOurs ? pagesIn(name) : [];
    }
    return entry.name.endsWith(".md") ? [name] : [];
  });
}

/** The anchor that a Markdown heading gets. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[`*]/g, "")
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

describe("The documentation", () => {
  for (const page of pages) {
    const text = fs.readFileSync(path.join(root, page), "utf8").replace(/```[\s\S]*?```/g, "");
    const links = [...text.matchAll(/\[[^\]]*\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)].map(
      (match) => match[1] ?? match[2]!,
    );
    const local = links.filter((link) => !/^[a-z]+:/.test(link));
    if (local.length === 0) continue;

    it(`${page} links to what exists`, () => {
      const broken = local.filter((link) => {
        const [file = "", fragment] = link.split("#");
        const target = path.join(root, path.dirname(page), file || path.basename(page));
        if (!fs.existsSync(target)) return true;
        if (!fragment) return false;
        const headings = [...fs.readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)].map((match) => anchor(match[1]!));
        return !headings.includes(fragment);
      });
      expect(broken).to.deep.equal([]);
    });
  }
});

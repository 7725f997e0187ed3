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

/** Size at which a picture of the README still loads at once, in bytes. */
const MOST_BYTES = 1_000_000;

describe("Pictures of the README", () => {
  const pictures = [...fs.readFileSync(path.join(root, "README.md"), "utf8").matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(
    ([, text = "", file = ""]) => ({ text, file: path.join(root, file) }),
  );

  it("are an animation and two screenshots, described in words, each below a megabyte", () => {
    expect(pictures.map(({ file }) => path.extname(file))).to.have.members([".webp", ".png", ".png"]);
    for (const { text, file } of pictures) {
      expect(text.length, file).to.be.greaterThan(20);
      expect(fs.statSync(file).size, file).to.be.within(10_000, MOST_BYTES - 1);
    }
  });

  it("show about 15 seconds in the animation", () => {
    const animation = fs.readFileSync(pictures.find(({ file }) => file.endsWith(".webp"))!.file);
    let lastsMs = 0;
    for (
      let at = animation.indexOf("ANMF");
      at !== -1;
      at = animation.indexOf("ANMF", at + 8 + animation.readUInt32LE(at + 4))
    )
      lastsMs += animation.readUIntLE(at + 8 + 12, 3);
    expect(lastsMs).to.be.within(10_000, 20_000);
  });
});

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

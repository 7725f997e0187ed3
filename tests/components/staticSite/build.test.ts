import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { listFiles, listFolders, UnusableBuildError } from "../../../components/staticSite/build";
import { makeBuild, writeIn } from "../../kit/siteStand";

describe("listFiles", () => {
  let build: string;
  beforeEach(() => {
    build = makeBuild();
  });
  afterEach(() => rmSync(build, { recursive: true }));

  const file = (path: string) => listFiles(build).find((each) => each.path === path)!;

  it("lists files by path, with forward slashes", () => {
    const paths = listFiles(build).map(({ path }) => path);
    expect(paths).to.include("assets/index-Ab12Cd34.js").and.deep.equal(paths.toSorted());
  });

  it("lets browsers cache hashed files for ever, images for an hour, and revalidate the rest", () => {
    expect(file("assets/index-Ab12Cd34.js")).to.include({
      hashed: true,
      cacheControl: "public, max-age=31536000, immutable",
    });
    expect(file("images/kitchen.svg").cacheControl).to.match(/max-age=3600/);
    expect(file("index.html")).to.include({ hashed: false, cacheControl: "no-cache" });
  });

  it("knows the content types, and treats unknown files as bytes", () => {
    writeIn(build, "data.unknown", "x");
    expect(file("index.html").contentType).to.equal("text/html; charset=utf-8");
    expect(file("data.unknown").contentType).to.equal("application/octet-stream");
  });

  it("refuses a folder that does not exist, and a build without a page", () => {
    expect(() => listFiles(join(build, "missing"))).to.throw(UnusableBuildError, "does not exist");
    expect(() => listFiles(join(build, "assets"))).to.throw(UnusableBuildError, "has no index.html");
  });
});

describe("listFolders", () => {
  it("lists the folders at the root, once each", () => {
    const files = ["index.html", "assets/a.js", "assets/b.js", "images/x/y.svg"].map((path) => ({ path }));
    expect(listFolders(files as never)).to.deep.equal(["assets", "images"]);
  });
});

import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";

interface Tag {
  name: string;
  attributes: Record<string, string>;
  text?: string;
}

/** The module is the page's, whose types this project does not have. */
interface HeadModule {
  toHeadTags(head: object, origin: string): Tag[];
  toJson(value: unknown): string;
}

const ORIGIN = "https://shop.example";

describe("toHeadTags", () => {
  let toHeadTags: HeadModule["toHeadTags"];
  let toJson: HeadModule["toJson"];

  before(() => {
    ({ toHeadTags, toJson } = new FakePage().open<HeadModule>("parts/head.ts"));
  });
  after(() => sinon.restore());

  const contentOf = (tags: Tag[], name: string) =>
    tags.find(({ attributes }) => (attributes["name"] ?? attributes["property"]) === name)?.attributes["content"];
  const hrefOf = (tags: Tag[]) => tags.find(({ attributes }) => attributes["rel"] === "canonical")?.attributes["href"];

  it("describes a page of its own, with absolute addresses", () => {
    const head = { title: "Kettle", description: "Boils water.", canonical: "/products/kettle", image: "/kettle.jpg" };
    const tags = toHeadTags({ ...head, type: "product" }, ORIGIN);
    expect(contentOf(tags, "og:title")).to.equal("Kettle");
    expect(contentOf(tags, "description")).to.equal("Boils water.");
    expect(contentOf(tags, "og:type")).to.equal("product");
    expect(contentOf(tags, "og:image")).to.equal("https://shop.example/kettle.jpg");
    expect(hrefOf(tags)).to.equal("https://shop.example/products/kettle");
    expect(contentOf(tags, "og:url")).to.equal(hrefOf(tags));
    expect(contentOf(tags, "robots")).to.equal(undefined);
  });

  it("describes other pages by the store, without an address of their own", () => {
    const tags = toHeadTags({}, ORIGIN);
    expect(contentOf(tags, "og:title")).to.equal("stayopen");
    expect(contentOf(tags, "og:image")).to.equal("https://shop.example/icon-512.png");
    expect(hrefOf(tags)).to.equal(undefined);
  });

  it("keeps a page out of search engines on request", () => {
    expect(contentOf(toHeadTags({ isUnlisted: true }, ORIGIN), "robots")).to.equal("noindex");
  });

  it("writes data that ends no script element", () => {
    const data = [{ name: "</script><script>alert(1)" }];
    const block = toHeadTags({ canonical: "/", data }, ORIGIN).find(({ name }) => name === "script");
    expect(block?.attributes).to.deep.equal({ type: "application/ld+json" });
    expect(block?.text).not.to.contain("<");
    expect(JSON.parse(block?.text ?? "")).to.deep.equal(data[0]);
    expect(JSON.parse(toJson(data))).to.deep.equal(data);
  });
});

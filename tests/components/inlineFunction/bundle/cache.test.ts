import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Cache, replaceFile } from "../../../../components/inlineFunction/bundle/cache";
import type { Module } from "../../../../components/inlineFunction/bundle/compile";
import { temporaryFolder } from "../../../kit/temporaryFolder";

const closure = { text: "exports.handler = () => 1;" } as Module;

function stand() {
  const root = temporaryFolder("cache-root");
  const directory = join(root, "kept");
  const write = (file: string, text: string) => writeFileSync(join(root, file), text);
  write("price.ts", "1");
  const inputs = ["price.ts", "closure:orders"];
  return {
    root,
    directory,
    write,
    cache: (recipe = "recipe") => new Cache(directory, root, recipe),
    put: () => new Cache(directory, root, "recipe").put(closure, [], { hash: "abc", bytes: 10, inputs }),
  };
}

describe("Cache", () => {
  it("knows the bundle of the same text, options and builder", async () => {
    const { cache, put } = stand();
    await put();
    expect(await cache().get(closure, [])).to.include({ hash: "abc", bytes: 10 });
    expect(await cache().get({ ...closure, text: "exports.handler = () => 2;" }, [])).to.equal(undefined);
    expect(await cache().get(closure, ["minify"])).to.equal(undefined);
    expect(await cache("another").get(closure, [])).to.equal(undefined);
  });

  it("forgets it when a file that went in, or one that decides on imports, has changed or come", async () => {
    for (const [file, text] of [
      ["price.ts", "2 + 2"],
      ["tsconfig.json", "{}"],
    ] as const) {
      const { cache, put, write } = stand();
      await put();
      write(file, text);
      // Each file is checked once in a tenth of a second.
      await sleep(150);
      expect(await cache().get(closure, []), file).to.equal(undefined);
    }
  });

  it("takes a broken entry for none", async () => {
    const { cache, directory } = stand();
    mkdirSync(directory, { recursive: true });
    expect(await cache().get(closure, [])).to.equal(undefined);
    rmSync(directory, { recursive: true });
    expect(await cache().get(closure, [])).to.equal(undefined);
  });

  it("leaves no unfinished file beside what it writes", async () => {
    const { root } = stand();
    await Promise.all(["a", "b", "c"].map((text) => replaceFile(join(root, "kept.json"), text)));

    expect(readdirSync(root).sort()).to.deep.equal(["kept.json", "price.ts"]);
  });
});

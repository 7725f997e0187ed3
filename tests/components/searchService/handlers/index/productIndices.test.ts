import { type Client, errors } from "@opensearch-project/opensearch";
import { expect } from "chai";
import { ProductIndices } from "../../../../../components/searchService/handlers/index/productIndices";
import { indexSchema, READ_ALIAS, WRITE_ALIAS } from "../../../../../domain/catalogue/search/searchIndex";
import { toSearchText } from "../../../../../domain/catalogue/search/searchText";

interface Index {
  aliases: Record<string, object>;
  schema: unknown;
  documents: number;
}

const failure = (statusCode: number, body: unknown) =>
  new errors.ResponseError({ statusCode, body, headers: {}, warnings: null, meta: {} } as never);

const SCHEMA = indexSchema(toSearchText({}));

/** The engine's part that the indices use, with these indices. */
function engine(present: Record<string, Partial<Index>> = {}) {
  const indices = new Map(
    Object.entries(present).map(([name, index]): [string, Index] => [
      name,
      { aliases: {}, schema: SCHEMA, documents: 0, ...index },
    ]),
  );
  const carrying = (names: string[]) =>
    Object.fromEntries(
      [...indices]
        .filter(([, { aliases }]) => names.some((name) => name in aliases))
        .map(([name, { aliases }]) => [name, { aliases }]),
    );
  const client = {
    count: async ({ index }: { index: string }) => ({ body: { count: indices.get(index)!.documents } }),
    indices: {
      async getAlias({ name }: { name: string[] }) {
        const body = carrying(name);
        const known = new Set([...indices.values()].flatMap(({ aliases }) => Object.keys(aliases)));
        const missing = name.filter((alias) => !known.has(alias));
        // As the engine does: the indices of the other aliases beside the error.
        if (missing.length > 0) throw failure(404, { error: `alias [${missing}] missing`, status: 404, ...body });
        return { body };
      },
      async create({ index, body }: { index: string; body: { aliases: Record<string, object> } }) {
        if (indices.has(index)) throw failure(400, { error: { type: "resource_already_exists_exception" } });
        indices.set(index, { aliases: body.aliases, schema: SCHEMA, documents: 0 });
      },
      async delete({ index }: { index: string }) {
        indices.delete(index);
      },
      async getMapping({ index }: { index: string }) {
        return { body: { [index]: { mappings: { _meta: { schema: indices.get(index)!.schema } } } } };
      },
      refresh: async () => ({}),
      async updateAliases({ body }: { body: { actions: Record<string, { index: string; alias: string }>[] } }) {
        for (const { add, remove } of body.actions) {
          if (add) indices.get(add.index)!.aliases[add.alias] = {};
          if (remove) delete indices.get(remove.index)!.aliases[remove.alias];
        }
      },
    },
  } as unknown as Client;
  return { store: new ProductIndices(client, 1), indices };
}

const READ = { [READ_ALIAS]: {} };
const WRITE = { [WRITE_ALIAS]: {} };
const BOTH = { ...READ, ...WRITE };

describe("ProductIndices", () => {
  describe("writeTargets", () => {
    it("are the index in use and the one being filled", async () => {
      const { store } = engine({ old: { aliases: { ...BOTH } }, next: { aliases: { ...WRITE } } });
      expect(await store.writeTargets()).to.deep.equal(["old", "next"]);
    });

    it("are a first index where there is none, also if two functions create it", async () => {
      const { store, indices } = engine();
      expect(await Promise.all([store.writeTargets(), store.writeTargets()])).to.deep.equal([
        ["products-first"],
        ["products-first"],
      ]);
      expect(indices.get("products-first")!.aliases).to.have.all.keys(READ_ALIAS, WRITE_ALIAS);
    });
  });

  describe("beginRebuild", () => {
    it("creates an index that receives changes and is not read", async () => {
      const { store, indices } = engine({ old: { aliases: { ...BOTH } } });
      expect(await store.beginRebuild("next")).to.equal("next");
      expect(indices.get("next")!.aliases).to.have.all.keys(WRITE_ALIAS);
    });

    it("continues an interrupted rebuild of the same mapping", async () => {
      const { store, indices } = engine({ old: { aliases: { ...BOTH } }, begun: { aliases: { ...WRITE } } });
      expect(await store.beginRebuild("next")).to.equal("begun");
      expect([...indices.keys()]).to.deep.equal(["old", "begun"]);
    });

    it("drops an interrupted rebuild of another mapping", async () => {
      const begun = { aliases: { ...WRITE }, schema: "of an earlier release" };
      const { store, indices } = engine({ old: { aliases: { ...BOTH } }, begun });
      expect(await store.beginRebuild("next")).to.equal("next");
      expect([...indices.keys()]).to.deep.equal(["old", "next"]);
    });

    it("drops an interrupted rebuild of other synonyms or another language", async () => {
      for (const other of [{ synonyms: ["sofa, couch"] }, { language: "german" as const }]) {
        const begun = { aliases: { ...WRITE }, schema: indexSchema(toSearchText(other)) };
        const { store, indices } = engine({ old: { aliases: { ...BOTH } }, begun });
        expect(await store.beginRebuild("next")).to.equal("next");
        expect([...indices.keys()]).to.deep.equal(["old", "next"]);
      }
    });

    it("lets searches read the new index at once if there is no other", async () => {
      const { store, indices } = engine();
      await store.beginRebuild("next");
      expect(indices.get("next")!.aliases).to.have.all.keys(READ_ALIAS, WRITE_ALIAS);
    });
  });

  describe("swapTo", () => {
    it("moves searches and writes to the index, and returns the others", async () => {
      const { store, indices } = engine({ old: { aliases: { ...BOTH } }, next: { aliases: { ...WRITE } } });
      expect(await store.swapTo("next")).to.deep.equal(["old"]);
      expect(await store.inUse()).to.equal("next");
      expect(indices.get("old")!.aliases).to.deep.equal({});
    });

    it("changes nothing when repeated", async () => {
      const { store } = engine({ next: { aliases: { ...BOTH } } });
      expect(await store.swapTo("next")).to.deep.equal([]);
    });
  });

  describe("drop", () => {
    it("refuses the index in use", async () => {
      const { store, indices } = engine({ old: { aliases: { ...BOTH } } });
      const refusal = await store.drop("old").catch((error: Error) => error.message);
      expect(refusal).to.match(/^Index old is in use/);
      expect(indices.has("old")).to.equal(true);
    });
  });

  it("counts documents", async () => {
    expect(await engine({ old: { aliases: { ...BOTH }, documents: 3 } }).store.count("old")).to.equal(3);
  });
});

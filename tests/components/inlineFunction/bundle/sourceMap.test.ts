import { decode, encode } from "@jridgewell/sourcemap-codec";
import { expect } from "chai";
import { GLUE_SOURCE, projectMap } from "../../../../components/inlineFunction/bundle/sourceMap";

describe("projectMap", () => {
  it("keeps the project's files, and ends their parts where other text begins", () => {
    const sources = [`${GLUE_SOURCE}orders`, "shop/price.ts", "node_modules/ajv/index.js", "shop/tax.ts"];
    const mappings = encode([
      [
        [0, 0, 0, 0],
        [4, 1, 10, 2],
        [8, 2, 0, 0],
        [12, 2, 1, 0],
        [16, 3, 5, 0, 0],
      ],
      [[0, 2, 3, 0]],
    ]);
    const map = JSON.parse(projectMap(JSON.stringify({ sources, mappings, names: ["total"] })));
    expect(map).to.deep.include({ version: 3, sources: ["shop/price.ts", "shop/tax.ts"], names: [] });
    expect(decode(map.mappings)).to.deep.equal([[[4, 0, 10, 2], [8], [16, 1, 5, 0]], []]);
  });
});

import fs from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import sinon from "sinon";
import { Journal } from "../../../local/providers/journal";
import { temporaryFolder } from "../../kit/temporaryFolder";

describe("A provider's journal", () => {
  let file: string;

  beforeEach(() => {
    file = join(temporaryFolder("journal"), "payments", "journal.jsonl");
  });
  afterEach(() => sinon.restore());

  it("has its entries after a restart, without one that a crash has cut", () => {
    const journal = new Journal<number>(file);
    journal.append(1);
    fs.appendFileSync(file, "[2");
    const restarted = new Journal<number>(file);
    expect(restarted.read()).to.deep.equal([1]);
    restarted.append(3);
    expect(new Journal<number>(file).read()).to.deep.equal([1, 3]);
  });

  it("keeps what it writes after a full disk, and nothing of the entry that had no room", () => {
    const journal = new Journal<{ id: number }>(file);
    journal.append({ id: 1 });
    const append = fs.appendFileSync;
    sinon.replace(fs, "appendFileSync", (path, data) => {
      append(path, String(data).slice(0, 5));
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    });
    expect(() => journal.append({ id: 2 })).to.throw("ENOSPC");
    sinon.restore();
    journal.append({ id: 3 });
    expect(new Journal<{ id: number }>(file).read()).to.deep.equal([{ id: 1 }, { id: 3 }]);
  });
});

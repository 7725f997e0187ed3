import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "chai";
import { ORDER_STATUSES } from "../../../domain/order/status";

const ROOT = join(__dirname, "..", "..", "..");
const SEARCHED = ["components", "domain", "web/src", "local/console", "tests/kit/drill", "workflows"];

/** Files that may name statuses, each with its reason. */
const ALLOWED: Record<string, string> = {
  "domain/order/status.ts": "the table",
  "domain/order/outcomes.ts": "decides which status follows from a provider's answer",
  "domain/order/place.ts": "writes the first status",
  "domain/order/notifications/messages.ts": "holds the words for each status; the compiler checks that none is missing",
};
/** Lines that may name a status in other files. */
const ALLOWED_LINES = ['return advance(own, "SUPERSEDED", moment);'];

describe("status literals", () => {
  it("occur in the status table and a few files only", () => {
    const statuses = ORDER_STATUSES.join("|");
    const literal = new RegExp(`(===|!==|case|status:|\\[|,)\\s*"(${statuses})"|"(${statuses})"\\s*(===|!==|\\])`);
    const found = SEARCHED.flatMap((folder) => sourcesIn(join(ROOT, folder)))
      .filter((file) => ALLOWED[relative(ROOT, file)] === undefined)
      .flatMap((file) =>
        readFileSync(file, "utf8")
          .split("\n")
          .filter((line) => literal.test(line) && !isComment(line) && !ALLOWED_LINES.includes(line.trim()))
          .map((line) => `${relative(ROOT, file)}: ${line.trim()}`),
      );
    expect(found).to.deep.equal([]);
  });
});

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const isComment = (line: string) => /^\s*(\*|\/\/|\/\*)/.test(line);

import { expect } from "chai";
import { createLogger } from "../../../components/runtime/logger";

describe("createLogger", () => {
  it("reads the settings when it first logs, and logs lines of its service", () => {
    const before = process.env["POWERTOOLS_LOG_LEVEL"];
    const log = createLogger("orders-test");
    process.env["POWERTOOLS_LOG_LEVEL"] = "WARN";
    try {
      const lines = written(() => {
        log.info("left out");
        log.warn("first", { orderId: "1" });
        log.error("second", new Error("no"));
      });
      const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines).to.have.length(2);
      expect(first).to.include({ level: "WARN", message: "first", service: "orders-test", orderId: "1" });
      expect(second).to.include({ level: "ERROR", message: "second", service: "orders-test" });
      expect(second?.["error"]).to.include({ message: "no" });
    } finally {
      if (before === undefined) delete process.env["POWERTOOLS_LOG_LEVEL"];
      else process.env["POWERTOOLS_LOG_LEVEL"] = before;
    }
  });
});

/** Lines that a function writes to standard output and standard error. */
function written(log: () => void): string[] {
  let text = "";
  const streams = [process.stdout, process.stderr];
  const writes = streams.map(({ write }) => write);
  for (const stream of streams)
    stream.write = ((chunk: string) => {
      text += chunk;
      return true;
    }) as typeof stream.write;
  try {
    log();
  } finally {
    streams.forEach((stream, i) => {
      stream.write = writes[i]!;
    });
  }
  return text.trim().split("\n");
}

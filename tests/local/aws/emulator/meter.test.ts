import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { emulatorPython, projectRoot } from "../../../../local/aws/emulator/python";

describe("The meter of functions", () => {
  it("counts the first call of each process as a cold start, even if the process started before the call", () => {
    // Calls a worker whose process already runs twice, and again after the process was replaced.
    const script = `
import json
import ministack.core.lambda_runtime as runtime
import ministack.services.lambda_svc as service
import meter

class Process:
    def __init__(self, pid):
        self.pid = pid

class Worker:
    _proc = Process(1)
    def invoke(self):
        return {"cold_start": False, "processorMs": 5}

runtime.Worker = Worker
told = []
meter.meter_functions(lambda **line: told.append(line["cold"]))
worker = Worker()
for pid in (1, 1, 2):
    worker._proc = Process(pid)
    worker.invoke()
    service._emit_lambda_logs({"config": {"FunctionName": "f"}}, "id", "", None, 1)
print(json.dumps(told))`;
    const out = execFileSync(emulatorPython(), ["-c", script], {
      cwd: join(projectRoot, "local", "aws", "emulator"),
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(JSON.parse(out.trim().split("\n").at(-1) ?? "")).to.deep.equal([true, false, true]);
  });
});

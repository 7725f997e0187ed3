import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { emulatorPython, projectRoot } from "../../../../local/aws/emulator/python";

describe("Calls of functions that find no free worker", () => {
  it("start at most one worker per processor at a time, and all get one", () => {
    expect(
      resultOf(`
calls = [call(f"function{number}") for number in range(20)]
started()
before = starting.most
may_start.set()
for each in calls:
    each.join(10)
result = [before, starting.most, sorted(reasons) == ["spawn"] * 20]`),
    ).to.deep.equal([2, 2, true]);
  });

  it("take a worker that becomes free before their turn to start one", () => {
    expect(
      resultOf(`
may_start.set()
busy, _ = acquire("mine")
may_start.clear()
others = [call("other1"), call("other2")]
started()
mine, same = call("mine"), call("mine")
time.sleep(0.1)
before = list(reasons)
release(busy)
mine.join(10)
same.join(10)
result = [before, list(reasons), mine.worker is busy and same.worker is busy]
may_start.set()`),
    ).to.deep.equal([[], ["reused", "reused"], true]);
  });

  it("pass their turn to the next call if a worker became free meanwhile", () => {
    expect(
      resultOf(`
may_start.set()
busy, _ = acquire("mine")
may_start.clear()
others = [call("other1"), call("other2")]
started()
calls = [call("mine"), call("next")]
time.sleep(0.1)
# Both at once: the call is done with its worker, and two turns are over.
busy.in_use = False
may_start.set()
for each in calls:
    each.join(10)
result = sorted(reasons)`),
    ).to.deep.equal(["reused", "spawn", "spawn", "spawn"]);
  });

  it("start no second worker of a function before they have waited for the first", () => {
    expect(
      resultOf(`
may_start.set()
busy, _ = acquire("mine")
turns.PATIENCE_SECONDS = 60
patient = [call("mine"), call("mine")]
acquire("other")
time.sleep(0.1)
before = list(reasons)
release(busy)
for each in patient:
    each.join(10)
acquire("mine")
turns.PATIENCE_SECONDS = 0.05
call("mine").join(10)
result = [before, list(reasons)]`),
    ).to.deep.equal([[], ["reused", "reused", "spawn"]]);
  });

  it("wait the longer before they start another worker, the more their function has", () => {
    expect(
      resultOf(`
may_start.set()
turns.PATIENCE_SECONDS = 0.2
acquire("mine")
acquire("mine")
calls = [call("mine", keeps=True) for _ in range(4)]
began = time.monotonic()
while time.monotonic() < began + 0.25:
    time.sleep(0.01)
early = len(reasons)
for each in calls:
    each.join(10)
took = time.monotonic() - began
result = [early <= 2, reasons, took > 0.35]`),
    ).to.deep.equal([true, ["spawn", "spawn", "spawn", "spawn"], true]);
  });

  it("end on a worker whose function was updated meanwhile, which is killed then; an idle one is killed at once", () => {
    expect(
      resultOf(`
may_start.set()
killed = []
busy, _ = acquire("mine")
idle, _ = acquire("mine")
release(idle)
service.invalidate_worker("mine")
before = [killed == [idle], len(runtime._workers)]
release(busy)
stuck, _ = acquire("mine")
runtime.kill_workers([stuck])
result = [*before, killed == [idle, busy, stuck]]`),
    ).to.deep.equal([true, 0, true]);
  });

  it("look for a worker once and are then woken, so that waiting costs no processor time", () => {
    expect(
      resultOf(`
class Looked(dict):
    times = 0
    def get(self, *args):
        Looked.times += 1
        return super().get(*args)

others = [call("other1"), call("other2")]
started()
runtime._workers = Looked(runtime._workers)
calls = [call("mine") for _ in range(200)]
time.sleep(0.5)
before = Looked.times
time.sleep(0.5)
result = [before, Looked.times]
may_start.set()`),
    ).to.deep.equal([200, 200]);
  });
});

function resultOf(script: string): unknown {
  const out = execFileSync(emulatorPython(), ["-c", `${PRELUDE}\n${script}\nprint(json.dumps(result))\nos._exit(0)`], {
    cwd: join(projectRoot, "local", "aws", "emulator"),
    encoding: "utf8",
    timeout: 60_000,
  });
  return JSON.parse(out.trim().split("\n").at(-1) ?? "") as unknown;
}

/** Two processors, and workers that start when the test lets them. A call releases its worker immediately, unless it keeps it. */
const PRELUDE = `
import json, os, threading, time
os.cpu_count = lambda: 2
import ministack.core.lambda_runtime as runtime
import ministack.services.lambda_svc as service
import turns

may_start = threading.Event()

class Starting:
    now = most = 0
    lock = threading.Lock()

starting = Starting()

class Worker:
    def __init__(self, func_name, config, code):
        self.func_name, self.config = func_name, config

def start(worker):
    with starting.lock:
        starting.now += 1
        starting.most = max(starting.most, starting.now)
    may_start.wait()
    time.sleep(0.01)
    with starting.lock:
        starting.now -= 1

runtime._worker_class_for = lambda config: Worker
runtime.ensure_spawned = start
runtime.kill_workers = lambda workers: killed.extend(workers)
killed = []
turns.start_few_workers_at_once()
reasons = []

def acquire(name):
    config = {"FunctionName": name, "FunctionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}"}
    return service.acquire_worker(name, config, b"")

def release(worker):
    service.release_worker(worker)

class call(threading.Thread):
    def __init__(self, name, keeps=False):
        super().__init__(daemon=True)
        self.name_of_function, self.keeps = name, keeps
        self.start()
    def run(self):
        self.worker, reason = acquire(self.name_of_function)
        reasons.append(reason)
        if not self.keeps:
            release(self.worker)

def started():
    while starting.now < 2:
        time.sleep(0.01)
`;

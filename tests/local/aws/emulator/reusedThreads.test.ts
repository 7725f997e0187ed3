import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { emulatorPython, projectRoot } from "../../../../local/aws/emulator/python";

function resultOf(lines: string): unknown {
  const script = `
import contextvars, json, sys, threading, time
sys.path.insert(0, ${JSON.stringify(join(projectRoot, "local", "aws", "emulator"))})
import reused_threads
from reused_threads import ReusedThread
threading.excepthook = lambda _: None
${lines}
print(json.dumps(result))`;
  return JSON.parse(execFileSync(emulatorPython(), ["-c", script], { encoding: "utf8", timeout: 60_000 }));
}

describe("Reused threads", () => {
  it("run one job after the other on one thread, and jobs at the same time on several", () => {
    const result = resultOf(`
used = []
def run(job, *args):
    thread = ReusedThread(target=job, args=args, daemon=True, name="job")
    thread.start()
    return thread
def note(number):
    used.append((number, threading.get_ident()))
for number in range(5):
    run(note, number).join()
    # Until the thread waits again.
    while not ReusedThread._idle: time.sleep(0.001)
may_end = threading.Event()
together = [run(may_end.wait) for _ in range(3)]
alive = [thread.is_alive() for thread in together]
together[0].join(timeout=0.01)
still = together[0].is_alive()
may_end.set()
for thread in together: thread.join(10)
result = [[number for number, _ in used], len({ident for _, ident in used}), alive, still, together[0].is_alive()]`);
    expect(result).to.deep.equal([[0, 1, 2, 3, 4], 1, [true, true, true], true, false]);
  });

  it("hide the context of one job from the next", () => {
    const result = resultOf(`
region = contextvars.ContextVar("region", default="none")
seen = []
def job(name):
    seen.append((region.get(), threading.get_ident()))
    region.set(name)
for name in ("east", "west"):
    thread = ReusedThread(target=job, args=(name,))
    thread.start()
    thread.join(10)
    while not ReusedThread._idle: time.sleep(0.001)
result = [[name for name, _ in seen], len({ident for _, ident in seen})]`);
    expect(result).to.deep.equal([["none", "none"], 1]);
  });

  it("outlive no fault of a job, and end when they have waited for long", () => {
    const result = resultOf(`
reused_threads.IDLE_SECONDS = 0.05
def fail():
    raise ValueError("x")
thread = ReusedThread(target=fail)
thread.start()
thread.join(10)
ended = thread.is_alive()
done = []
for number in range(3):
    thread = ReusedThread(target=done.append, args=(number,))
    thread.start()
    thread.join(10)
while ReusedThread._idle or threading.active_count() > 1: time.sleep(0.01)
result = [ended, done, len(ReusedThread._idle)]`);
    expect(result).to.deep.equal([false, [0, 1, 2], 0]);
  });
});

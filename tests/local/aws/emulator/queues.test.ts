import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { emulatorPython, projectRoot } from "../../../../local/aws/emulator/python";

describe("A queue that two threads of the emulator change concurrently", () => {
  it("keeps a message that arrives while another thread removes one", () => {
    expect(
      queueAfter(`
receiver = reading(queue, without={"old"})
in_thread(lambda: queue["messages"].append({"id": "new"}))
receiver.write()`),
    ).to.deep.equal({ messages: ["new"], deleted: ["old"], sent: ["new"] });
  });

  it("does not restore a message that another thread has removed meanwhile", () => {
    expect(
      queueAfter(`
queue["messages"].append({"id": "second"})
receiver = reading(queue, without={"old"})
in_thread(lambda: reading(queue, without={"second"}).write())
receiver.write()`),
    ).to.deep.equal({ messages: [], deleted: ["second", "old"], sent: ["second"] });
  });

  it("keeps a message appended to a list that another thread has replaced meanwhile", () => {
    expect(
      queueAfter(`
messages = queue["messages"]
in_thread(lambda: reading(queue, without={"old"}).write())
messages.append({"id": "new"})`),
    ).to.deep.equal({ messages: ["new"], deleted: ["old"], sent: ["new"] });
  });

  it("loses purged messages", () => {
    expect(queueAfter(`queue["messages"].clear()`)).to.deep.equal({ messages: [], deleted: ["old"], sent: [] });
  });
});

/** Returns a queue's content after a script, and its journal's lines. */
function queueAfter(script: string): { messages: string[]; deleted: string[]; sent: string[] } {
  const out = execFileSync(emulatorPython(), ["-c", `${PRELUDE}\n${script}\n${REPORT}`], {
    cwd: join(projectRoot, "local", "aws", "emulator"),
    encoding: "utf8",
    timeout: 30_000,
  });
  return JSON.parse(out.trim().split("\n").at(-1) ?? "") as ReturnType<typeof queueAfter>;
}

/** `reading` reads the messages as MiniStack does, and writes them later. */
const PRELUDE = `
import json, threading
from durable_queues import Queue

class Journal:
    lock = threading.RLock()
    def __init__(self):
        self.lines = []
    def write(self, line):
        self.lines.append(line)

class reading:
    def __init__(self, queue, without):
        self.queue, self.left = queue, [m for m in queue["messages"] if m["id"] not in without]
    def write(self):
        self.queue["messages"] = self.left

def in_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

journal = Journal()
queue = Queue({"messages": [{"id": "old"}]}, ["account", "region", "queue"], journal)
`;

const REPORT = `
print(json.dumps({
    "messages": [m["id"] for m in queue["messages"]],
    "deleted": [id for line in journal.lines if line["do"] == "deleteMessages" for id in line["ids"]],
    "sent": [line["message"]["id"] for line in journal.lines if line["do"] == "sendMessage"],
}))
`;

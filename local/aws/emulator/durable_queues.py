"""Journals SQS queues and their messages: messages that were sent and not deleted survive a SIGKILL.

MiniStack appends to a queue's list of messages and replaces it in many places and threads, so the list journals its changes.
Receipts are not journaled: a message may be delivered again after a SIGKILL, which SQS allows at any time.
"""

import threading

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import sqs

DEFINING = (
    "CreateQueue", "DeleteQueue", "SetQueueAttributes", "AddPermission", "RemovePermission", "TagQueue", "UntagQueue",
)  # fmt: skip


class Queue(dict):
    """Queue whose list of messages several threads may replace at once.

    MiniStack removes messages by `queue["messages"] = [… for m in queue["messages"] …]`. Another thread may add or remove
    messages between the read and the write. So an assignment removes only the messages that this thread had read and left out.
    """

    def __init__(self, queue, where, journal):
        super().__init__(queue)
        self.where, self.journal = where, journal
        self._read = threading.local()
        super().__setitem__("messages", Messages(queue.get("messages", []), self))

    def __getitem__(self, key):
        value = super().__getitem__(key)
        if key == "messages":
            with self.journal.lock:
                self._read.ids = [message["id"] for message in value]
        return value

    def __setitem__(self, key, value):
        if key != "messages":
            super().__setitem__(key, value)
            return
        with self.journal.lock:
            kept = {message["id"] for message in value}
            taken = {id for id in getattr(self._read, "ids", ()) if id not in kept}
            now = self.now()
            gone = [message["id"] for message in now if message["id"] in taken]
            super().__setitem__(key, Messages([message for message in now if message["id"] not in taken], self))
            self.journal_deletion(gone)

    def now(self):
        return super().__getitem__("messages")

    def journal_deletion(self, ids):
        if ids:
            self.journal.write({"do": "deleteMessages", "queue": self.where, "ids": ids})

    def __deepcopy__(self, memo):
        return {**self, "messages": [dict(message) for message in self["messages"]]}


class Messages(list):
    """List of messages. Changes to a list that another thread has replaced apply to its replacement."""

    def __init__(self, messages, queue):
        super().__init__(messages)
        self.queue = queue

    def append(self, message):
        with self.queue.journal.lock:
            list.append(self.queue.now(), message)
            self.queue.journal.write({"do": "sendMessage", "queue": self.queue.where, "message": message})

    def remove(self, message):
        with self.queue.journal.lock:
            list.remove(self.queue.now(), message)
            self.queue.journal_deletion([message["id"]])

    def clear(self):
        with self.queue.journal.lock:
            now = self.queue.now()
            ids = [message["id"] for message in now]
            list.clear(now)
            self.queue.journal_deletion(ids)


class DurableQueues:
    def __init__(self, journal):
        self._journal = journal
        self._known = set()

    def install(self):
        for action in DEFINING:
            sqs._HANDLERS[action] = self._then_write_definitions(sqs._HANDLERS[action])
        sweep = sqs._dlq_sweep

        def sweep_in_one_line(queue):
            with self._journal.transaction():
                sweep(queue)

        sqs._dlq_sweep = sweep_in_one_line
        for kind in ("queues", "sendMessage", "deleteMessages"):
            self._journal.applies(kind, getattr(self, f"_again_{kind}"))

    def adopt(self):
        """Starts journaling the messages of every queue."""
        for scoped, queue in sqs._queues.all_items():
            if not isinstance(queue, Queue):
                sqs._queues.set_scoped(*scoped, Queue(queue, list(scoped), self._journal))
        self._known = {tuple(scoped) for scoped, _ in sqs._queues.all_items()}

    def _then_write_definitions(self, act):
        def act_and_write(data, url):
            answer = act(data, url)
            before = self._known
            with self._journal.transaction():
                self.adopt()
                without_messages = AccountRegionScopedDict()
                for scoped, queue in sqs._queues.all_items():
                    left_out = ("messages", "dedup_cache", "fifo_seq")
                    without_messages._data[scoped] = {key: queue[key] for key in queue if key not in left_out}
                dropped = sorted(before - self._known)
                self._journal.write({"do": "queues", "queues": without_messages, "dropped": dropped})
            return answer

        return act_and_write

    def _again_queues(self, change):
        for scoped in change["dropped"]:
            sqs._queues.pop_scoped(*scoped, None)
        for scoped, definition in change["queues"].all_items():
            queue = sqs._queues.get_scoped(*scoped) or {"messages": [], "dedup_cache": {}, "fifo_seq": 0}
            sqs._queues.set_scoped(*scoped, {**queue, **definition})
        sqs._queue_name_to_url.clear()
        sqs._rebuild_queue_name_index()

    def _again_sendMessage(self, change):
        queue, message = sqs._queues.get_scoped(*change["queue"]), change["message"]
        if any(known["id"] == message["id"] for known in reversed(queue["messages"])):
            return
        queue["messages"].append(message)
        if message.get("seq"):
            queue["fifo_seq"] = max(queue["fifo_seq"], int(message["seq"]))
            if message.get("dedup_cache_key"):
                queue["dedup_cache"][message["dedup_cache_key"]] = {
                    "expire": message["sent_at"] + sqs._DEDUP_WINDOW_S,
                    "id": message["id"],
                    "md5": message["md5_body"],
                    "md5a": message["md5_attrs"],
                    "seq": message["seq"],
                }

    def _again_deleteMessages(self, change):
        queue, gone = sqs._queues.get_scoped(*change["queue"]), set(change["ids"])
        queue["messages"] = [message for message in queue["messages"] if message["id"] not in gone]

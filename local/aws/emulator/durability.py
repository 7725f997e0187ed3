"""Connects the journal with MiniStack's state: writes both, and replays the journal at start."""

import json
import os

from durable_accounts import DurableAccounts
from durable_buckets import DurableBuckets
from durable_queues import DurableQueues
from durable_streams import DurableStreams
from durable_tables import DurableTables
from journal import Journal
from ministack.services import stepfunctions as step_functions
from outbox import Outbox
from replication import Replication, regions_of
from saved_state import load_or_refuse, require

ACCOUNT = "000000000000"
OWN_STATE = "stayopen"
# State files with journaled data. The journal may be removed only after all of them were written.
JOURNALED = ("dynamodb", "sqs", "s3", "cognito", OWN_STATE)


class Durability:
    def __init__(self, state_dir, journal_dir, region):
        self._state_dir = state_dir
        self.journal = Journal(journal_dir)
        outbox = self._outbox = Outbox(self.journal, region)
        self._tables = DurableTables(self.journal, outbox)
        self._streams = DurableStreams(state_dir)
        self._queues = DurableQueues(self.journal)
        self._accounts = DurableAccounts(self.journal)
        self._buckets = DurableBuckets(self.journal, outbox, ACCOUNT)
        outbox.regions_of = regions_of(self._buckets, region)
        outbox.after_all_have = self._buckets.replicated

    def install(self):
        import ministack.app as app

        for part in (self._tables, self._queues, self._buckets, self._accounts):
            part.install()
        app.load_state = load_or_refuse
        load, save_dict, save_all = app._load_persisted_state, app._build_persistence_save_dict, app.save_all

        def load_and_replay():
            if self.journal.is_shortened():
                require(JOURNALED)
            load()
            forget_running_executions()
            state = load_or_refuse(OWN_STATE) or {}
            self._outbox.restore(state.get("outbox", {}))
            self._tables.know()
            self._streams.restore(state.get("streams", {}))
            self._buckets.restore(state.get("buckets", {}))
            self.journal.replay()
            self._queues.adopt()
            self._accounts.know()

        def save_dict_with_own():
            # Written last, so that everything it counts is in the other files.
            return {**save_dict(), OWN_STATE: self._state}

        def save_and_forget(services):
            """Writes the state when the Region stops."""
            with self.journal.lock:
                first_kept = self.journal.begin_segment()
                if self.save(lambda: save_all(services)):
                    self.journal.forget_before(first_kept)

        app._load_persisted_state = load_and_replay
        app._build_persistence_save_dict = save_dict_with_own
        app.save_all = save_and_forget
        json.dump = dump_at_once
        app.app = Replication(self._outbox, self._tables, self._buckets, ACCOUNT).around(app.app)

    def picture_taken(self):
        """Call it right before the checkpoint's process forks. Returns the function to call when that process is complete."""
        first_kept = self.journal.begin_segment()
        records = self._streams.state()["count"]

        def complete():
            self._streams.saved(records)
            self.journal.forget_before(first_kept)

        return complete

    def save(self, save_services):
        """Returns True if everything in the journal was written."""
        before = self._written()
        self._streams.save()
        save_services()
        after = self._written()
        return all(after[name] is not None and after[name] != before[name] for name in JOURNALED)

    def _written(self):
        written = {}
        for name in JOURNALED:
            try:
                status = os.stat(os.path.join(self._state_dir, f"{name}.json"))
                written[name] = (status.st_ino, status.st_mtime_ns)
            except FileNotFoundError:
                written[name] = None
        return written

    def _state(self):
        return {"outbox": self._outbox.state(), "streams": self._streams.state(), "buckets": self._buckets.state()}


def dump_at_once(value, file, **options):
    """Does what json.dump() does, with the encoder in C: json.dump() encodes in Python, several times slower."""
    file.write(json.dumps(value, **options))


def forget_running_executions():
    """Removes executions that MiniStack cannot continue, so that their names are free, as for those since the last checkpoint."""
    for scoped, execution in step_functions._executions.all_items():
        if execution.get("error") == "States.ServiceRestart":
            step_functions._executions.pop_scoped(*scoped, None)

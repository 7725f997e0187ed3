"""Saves DynamoDB's streams, which MiniStack's own state lacks.

Restored records have their old sequence numbers and positions, so that readers continue where they stopped. Records last a day,
so each checkpoint writes only those since the previous one.
"""

import json
import os

from ministack.services import dynamodb
from saved_state import refusing_damage


class DurableStreams:
    def __init__(self, state_dir):
        self._folder = os.path.join(state_dir, "streams")
        self._saved_to = 0

    def state(self):
        return {"count": dynamodb._stream_seq_counter, "ends": stream_ends()}

    def restore(self, state):
        dynamodb._stream_seq_counter = state.get("count", 0)
        ends = {tuple(where): end for where, end in state.get("ends", [])}
        records = {}
        for line in self._saved_lines():
            lines = records.setdefault(tuple(line["table"]), [])
            if lines and line["position"] != lines[-1]["position"] + 1:
                # Earlier records belong to a previous table of this name.
                lines.clear()
            lines.append(line)
        for where, end in ends.items():
            # A file newer than the state belongs to an unfinished checkpoint: the journal has its records.
            lines = [line for line in records.get(where, []) if line["position"] < end]
            if dynamodb._tables.get_scoped(*where) is None:
                continue
            dynamodb._stream_trimmed.set_scoped(*where, lines[0]["position"] if lines else end)
            dynamodb._stream_records.set_scoped(*where, [line["record"] for line in lines])
        self._saved_to = dynamodb._stream_seq_counter

    def save(self):
        """Writes the records since the last checkpoint to a new file. Runs in a forked copy, or when the Region stops."""
        lines = []
        for scoped, records in dynamodb._stream_records.all_items():
            first = dynamodb._stream_trimmed.get_scoped(*scoped, 0)
            for index in range(len(records) - 1, -1, -1):
                if count_of(records[index]) <= self._saved_to:
                    break
                lines.append({"table": scoped, "position": first + index, "record": records[index]})
        if not lines:
            return
        lines.sort(key=lambda line: count_of(line["record"]))
        os.makedirs(self._folder, exist_ok=True)
        name = os.path.join(self._folder, f"{dynamodb._stream_seq_counter:010d}.jsonl")
        with open(f"{name}.next", "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        os.replace(f"{name}.next", name)

    def saved(self, counter):
        self._saved_to = counter

    def _saved_lines(self):
        """Reads each record once, in order. Removes files that have only expired records."""
        if not os.path.isdir(self._folder):
            return
        seen = 0
        for name in sorted(os.listdir(self._folder)):
            path = os.path.join(self._folder, name)
            if not name.endswith(".jsonl") or os.stat(path).st_mtime < expiry():
                os.remove(path)
                continue
            with refusing_damage(path), open(path, encoding="utf-8") as file:
                for line in map(json.loads, file):
                    if count_of(line["record"]) > seen:
                        seen = count_of(line["record"])
                        yield line


def count_of(record):
    """Returns the record's number in the Region, which ends its sequence number."""
    return int(record["dynamodb"]["SequenceNumber"][-10:])


def records_of(where):
    records = dynamodb._stream_records.get_scoped(*where)
    if records is None:
        records = []
        dynamodb._stream_records.set_scoped(*where, records)
    return records


def stream_ends():
    return [
        [list(scoped), dynamodb._stream_trimmed.get_scoped(*scoped, 0) + len(records)]
        for scoped, records in dynamodb._stream_records.all_items()
    ]


def expiry():
    return dynamodb.time.time() - dynamodb._STREAM_RETENTION_SECONDS

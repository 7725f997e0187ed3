"""Writes a Region's changes to a file before the call is answered.

Each call that changes something appends one line with all its changes to the newest segment, so that a transaction survives a
SIGKILL as a whole or not at all. There is no fsync: written data survives the process, but not a crash of the machine. A
checkpoint begins a new segment when its process forks, and removes the earlier ones when it is complete. Replay may apply a change
twice, because the saved state may be newer than the segment.
"""

import json
import logging
import os
import threading
from contextlib import contextmanager

from ministack.core.persistence import _json_default, _json_object_hook

logger = logging.getLogger("journal")
encode = json.JSONEncoder(separators=(",", ":"), default=_json_default).encode


class Journal:
    def __init__(self, folder):
        self.lock = threading.RLock()
        self._folder = folder
        self._appliers = {}
        self._file = None
        # A write has failed, as on a full disk, and may have left a part of its line.
        self._is_cut = False
        # Encoded changes of the current call.
        self._open = None
        self._forgetful = False
        os.makedirs(folder, exist_ok=True)
        self._number = max(self._segments(), default=0)

    def applies(self, kind, apply):
        """Registers the function that applies changes of a kind (their "do") at replay."""
        self._appliers[kind] = apply

    def replay(self):
        """Applies everything, oldest first, and begins a new segment."""
        for number in self._segments():
            with open(self._path(number), encoding="utf-8") as segment:
                for line in segment:
                    self._apply(line, number)
        self.begin_segment()

    def keep_nothing(self):
        """Stops journaling, for a Region that never starts again."""
        self._forgetful = True

    def write(self, change):
        """Appends a change. Does nothing before replay() has begun a segment: restored data is on disk."""
        if self._file is None or self._forgetful:
            return
        text = encode(change)
        with self.lock:
            if self._open is None:
                self._append([text])
            else:
                self._open.append(text)

    @contextmanager
    def transaction(self):
        """Writes the changes inside as one line. Other threads wait, so that lines are in the order of the changes."""
        with self.lock:
            if self._open is not None:
                yield
                return
            self._open = []
            try:
                yield
            finally:
                changes, self._open = self._open, None
                if changes:
                    self._append(changes)

    def begin_segment(self):
        """Begins a segment for all later changes and returns its number."""
        with self.lock:
            self._number += 1
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            following = os.open(self._path(self._number), flags, 0o600)
            if self._file is not None:
                os.close(self._file)
            self._file = following
            self._is_cut = False
            return self._number

    def is_shortened(self):
        """Returns True if segments were removed, because the state has their changes."""
        return min(self._segments(), default=1) > 1

    def forget_before(self, number):
        for earlier in self._segments():
            if earlier < number:
                os.remove(self._path(earlier))

    def _append(self, changes):
        # Otherwise a cut line would make this one unreadable.
        start = "\n[" if self._is_cut else "["
        data = memoryview((start + ",".join(changes) + "]\n").encode())
        self._is_cut = True
        while data:
            data = data[os.write(self._file, data) :]
        self._is_cut = False

    def _apply(self, line, number):
        try:
            changes = json.loads(line, object_hook=_json_object_hook)
        except json.JSONDecodeError:
            # The process was killed or the disk full while it wrote the line, before the call was answered.
            logger.warning("Segment %d has an incomplete line", number)
            return
        for change in changes:
            try:
                self._appliers[change["do"]](change)
            except Exception:
                logger.exception("Replay of a change failed: %s", str(change)[:500])

    def _segments(self):
        return sorted(int(name.split(".")[0]) for name in os.listdir(self._folder) if name.endswith(".jsonl"))

    def _path(self, number):
        return os.path.join(self._folder, f"{number:010d}.jsonl")

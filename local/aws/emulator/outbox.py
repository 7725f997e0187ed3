"""Keeps this Region's changes that other Regions do not have yet, in the order of the writes.

Changes are as in the journal: {do, table, key, item?, stamp, n, copy?} for an item of a global table, {do, bucket, name, version,
destination, marker, stamp, n} for an object of a replicated bucket. `n` counts without gaps; other Regions report the `n` up to
which they have all changes. A stamp is [microseconds since 1970, Region]; the larger one wins in every Region.
"""

import asyncio
import itertools
import time
from collections import deque


class Outbox:
    def __init__(self, journal, region):
        self.region = region
        self._journal = journal
        # Returns the receivers of a change. The second is called with each change that all Regions have.
        self.regions_of = lambda change: ()
        self.after_all_have = lambda change: None
        self._changes = deque()
        self._count = 0
        self._had = {}
        self._waiting = set()
        self._loop = None
        journal.applies("had", self._again_had)

    def stamp_after(self, known):
        """Returns a stamp for now that is later than `known`, whatever the other Region's clock."""
        now = int(time.time() * 1_000_000)
        return [max(now, known[0] + 1) if known else now, self.region]

    def add(self, change):
        change["n"] = self._count + 1
        self.add_again(change)
        if self._waiting:
            self._loop.call_soon_threadsafe(self._wake)

    def add_again(self, change):
        if change["n"] > self._count:
            self._count = change["n"]
            self._changes.append(change)

    def group_with(self, regions):
        """Adds Regions that must have a change before it is dropped."""
        with self._journal.lock:
            for region in regions:
                if region != self.region and region not in self._had:
                    self._note_had(region, 0)

    def has(self, region, n):
        with self._journal.lock:
            if n > self._had.get(region, 0):
                self._note_had(region, n)

    def after(self, region, n, limit):
        """Returns at most `limit` changes after `n` for this Region, and the last number examined."""
        found, last = [], n
        for change in self._from(n + 1):
            if len(found) >= limit:
                break
            last = change["n"]
            if region in self.regions_of(change):
                found.append(change)
        return found, last

    def status(self, region):
        had = self._had.get(region, 0)
        oldest = next((change for change in self._from(had + 1) if region in self.regions_of(change)), None)
        return {
            "had": had,
            "count": self._count,
            "waiting": self._count - had if oldest else 0,
            "oldestAt": oldest and oldest["stamp"][0] // 1000,
        }

    async def until_more_than(self, n, seconds):
        if self._count > n:
            return
        self._loop = asyncio.get_running_loop()
        woken = asyncio.Event()
        self._waiting.add(woken)
        try:
            await asyncio.wait_for(woken.wait(), seconds)
        except asyncio.TimeoutError:
            pass
        finally:
            self._waiting.discard(woken)

    def state(self):
        return {"changes": list(self._changes), "count": self._count, "had": self._had}

    def restore(self, state):
        self._changes = deque(state.get("changes", []))
        self._count = state.get("count", 0)
        self._had = state.get("had", {})

    def _from(self, n):
        first = self._count - len(self._changes) + 1
        return itertools.islice(self._changes, max(0, n - first), None)

    def _note_had(self, region, n):
        change = {"do": "had", "region": region, "n": n}
        self._journal.write(change)
        self._again_had(change)

    def _again_had(self, change):
        self._had[change["region"]] = max(change["n"], self._had.get(change["region"], 0))
        had_by_all = min(self._had.values())
        while self._changes and self._changes[0]["n"] <= had_by_all:
            self.after_all_have(self._changes.popleft())

    def _wake(self):
        for woken in self._waiting:
            woken.set()

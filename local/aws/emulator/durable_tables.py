"""Journals DynamoDB's tables, items and streams, and adds deletions by TTL to the streams."""

import threading
from collections import defaultdict

from durable_streams import count_of, expiry, records_of
from ministack.core.responses import AccountRegionScopedDict, request_scope
from ministack.services import dynamodb

STAMPS = "_stayopen_stamps"
TTL_THREAD = "dynamodb-ttl-reaper"
TTL_IDENTITY = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
DEFINING = {
    "CreateTable", "DeleteTable", "UpdateTable", "UpdateTimeToLive", "UpdateContinuousBackups", "TagResource", "UntagResource",
    "PutResourcePolicy", "DeleteResourcePolicy", "RestoreTableFromBackup", "RestoreTableToPointInTime",
}  # fmt: skip


def place(table):
    """Returns [account, Region, name], by which MiniStack finds a table."""
    _, _, _, region, account, name = table["TableArn"].split(":", 5)
    return [account, region, name.removeprefix("table/")]


def table_at(where):
    return dynamodb._tables.get_scoped(*where)


class DurableTables:
    def __init__(self, journal, outbox):
        self._journal = journal
        self._outbox = outbox
        self._set = dynamodb._set_item
        self._remove = dynamodb._remove_item
        self._known = set()
        # Stamp of the replicated write that is being applied.
        self._applying = None
        # Latest item and latest record. If the item is the record's new image, the journal has it once.
        self._last_item = None
        self._last_record = None
        self._replayed_item = None

    def install(self):
        emit, build = dynamodb._emit_stream_event, dynamodb._build_change_record
        items_replaced, handle = dynamodb._items_replaced, dynamodb.handle_request

        def build_and_remember(*args):
            self._last_record = build(*args)
            if threading.current_thread().name == TTL_THREAD:
                self._last_record["userIdentity"] = TTL_IDENTITY
            return self._last_record

        def emit_and_write(name, event, old_item, new_item, replicate=True):
            with self._journal.lock:
                self._last_record = None
                table = dynamodb._tables.get(name) or {}
                emit(name, event, old_item, new_item, replicate and STAMPS not in table)
                records = dynamodb._stream_records.get(name)
                if records and records[-1] is self._last_record:
                    self._write_record(table, records[-1])

        def replace_and_write(table):
            items_replaced(table)
            self._journal.write({"do": "items", "table": place(table), "items": table["items"]})

        async def handle_in_one_line(method, path, headers, body, query_params):
            # The handler never waits, so no other call interleaves.
            with self._journal.transaction():
                answer = await handle(method, path, headers, body, query_params)
                if headers.get("x-amz-target", "").split(".")[-1] in DEFINING:
                    self.write_definitions()
                return answer

        # Executions of state machines call these directly, each in its own thread.
        for name in ("_put_item", "_update_item", "_delete_item"):
            setattr(dynamodb, name, self._in_one_line(getattr(dynamodb, name)))
        dynamodb._set_item = self.put
        dynamodb._remove_item = self.remove
        dynamodb._emit_stream_event = emit_and_write
        dynamodb._build_change_record = build_and_remember
        dynamodb._items_replaced = replace_and_write
        dynamodb.handle_request = handle_in_one_line
        for kind in ("put", "remove", "stamp", "record", "items", "tables"):
            self._journal.applies(kind, getattr(self, f"_again_{kind}"))

    def _in_one_line(self, act):
        def act_in_one_line(data):
            with self._journal.transaction():
                return act(data)

        return act_in_one_line

    # --- changes while the Region runs

    def put(self, table, pk, sk, item):
        with self._journal.lock:
            old_item = self._set(table, pk, sk, item)
            self._last_item = item
            change = {"do": "put", "table": place(table), "key": [pk, sk], "item": item}
            self._stamp_and_write(table, pk, sk, change)
            return old_item

    def remove(self, table, pk, sk):
        with self._journal.lock:
            old_item = self._remove(table, pk, sk)
            if old_item is None:
                return None
            with self._journal.transaction():
                self._stamp_and_write(table, pk, sk, {"do": "remove", "table": place(table), "key": [pk, sk]})
                if threading.current_thread().name == TTL_THREAD:
                    account, region, name = place(table)
                    with request_scope(account, region):
                        dynamodb._emit_stream_event(name, "REMOVE", old_item, None)
            return old_item

    def apply(self, change, stamp):
        """Applies another Region's write unless this Region has a later one. Returns True if it was applied."""
        where = change["table"]
        table = table_at(where)
        pk, sk = change["key"]
        item = change.get("item")
        with request_scope(where[0], where[1]), self._journal.transaction():
            # Inside, because executions of state machines write in threads of their own.
            known = table.get(STAMPS, {}).get(pk, {}).get(sk)
            if known and tuple(known) >= stamp:
                return False
            self._applying = stamp
            try:
                old_item = table["items"].get(pk, {}).get(sk)
                if item is not None:
                    dynamodb._set_item(table, pk, sk, item)
                elif old_item is not None:
                    dynamodb._remove_item(table, pk, sk)
                else:
                    self._stamp(table, pk, sk, stamp)
                    self._journal.write({"do": "stamp", "table": where, "key": [pk, sk], "stamp": stamp})
            finally:
                self._applying = None
            # Items from before a replica was created are not in its stream.
            if (item is not None or old_item is not None) and not change.get("copy"):
                event = "REMOVE" if item is None else "MODIFY" if old_item else "INSERT"
                dynamodb._emit_stream_event(where[2], event, old_item, item)
        return True

    def make_global(self, where, regions):
        """Starts replicating the table's writes to the other Regions, beginning with its items."""
        table = table_at(where)
        is_new = STAMPS not in table
        if not is_new and table["_global_regions"] == sorted(regions):
            return
        with self._journal.transaction():
            table["_global_regions"] = sorted(regions)
            table.setdefault(STAMPS, {})
            self.write_definitions()
            if is_new:
                self.copy(where)

    def copy(self, where):
        """Sends every item to the other Regions again, because one of them has lost its data."""
        table = table_at(where)
        with self._journal.transaction():
            for pk, rows in list(table["items"].items()):
                for sk, item in list(rows.items()):
                    change = {"do": "put", "table": where, "key": [pk, sk], "item": item, "copy": True}
                    self._stamp_and_write(table, pk, sk, change, table[STAMPS].get(pk, {}).get(sk))

    def is_global(self, where):
        return STAMPS in (table_at(where) or {})

    def write_definitions(self):
        without_items = AccountRegionScopedDict()
        for scoped, table in dynamodb._tables.all_items():
            left_out = ("items", STAMPS, dynamodb._INDEX_MEMBERS)
            without_items._data[scoped] = {key: value for key, value in table.items() if key not in left_out}
        names = {tuple(scoped) for scoped in without_items._data}
        dropped, self._known = self._known - names, names
        self._journal.write(
            {
                "do": "tables",
                "tables": without_items,
                "settings": {
                    "tags": dynamodb._tags,
                    "ttl_settings": dynamodb._ttl_settings,
                    "pitr_settings": dynamodb._pitr_settings,
                    "resource_policies": dynamodb._resource_policies,
                },
                "dropped": sorted(dropped),
            }
        )

    def _stamp_and_write(self, table, pk, sk, change, own_stamp=None):
        if STAMPS in table:
            stamp = self._applying or own_stamp or self._outbox.stamp_after(table[STAMPS].get(pk, {}).get(sk))
            change["stamp"] = stamp
            if not self._applying:
                self._outbox.add(change)
            self._stamp(table, pk, sk, stamp)
        self._journal.write(change)

    def _stamp(self, table, pk, sk, stamp):
        table[STAMPS].setdefault(pk, {})[sk] = stamp

    def _write_record(self, table, record):
        data = record["dynamodb"]
        change = {"do": "record", "table": place(table), "record": record}
        if "NewImage" in data and data["NewImage"] is self._last_item:
            change["record"] = {**record, "dynamodb": {key: data[key] for key in data if key != "NewImage"}}
            change["new"] = True
        self._journal.write(change)

    def know(self):
        """Records the items of the last checkpoint before the journal is replayed."""
        self._known = {tuple(scoped) for scoped, _ in dynamodb._tables.all_items()}
        for table in dynamodb._tables.all_values():
            forget_old_deletions(table)

    # --- replay of the journal when the Region starts

    def _again_put(self, change):
        table = table_at(change["table"])
        pk, sk = change["key"]
        self._set(table, pk, sk, change["item"])
        self._replayed_item = change["item"]
        self._again_stamp(change)

    def _again_remove(self, change):
        self._remove(table_at(change["table"]), *change["key"])
        self._again_stamp(change)

    def _again_stamp(self, change):
        if "stamp" not in change:
            return
        table = table_at(change["table"])
        table.setdefault(STAMPS, {})
        self._stamp(table, *change["key"], change["stamp"])
        if "n" in change:
            self._outbox.add_again(change)

    def _again_record(self, change):
        record = change["record"]
        if change.get("new"):
            record["dynamodb"]["NewImage"] = self._replayed_item
        if count_of(record) <= dynamodb._stream_seq_counter:
            return
        dynamodb._stream_seq_counter = count_of(record)
        records_of(change["table"]).append(record)

    def _again_items(self, change):
        table = table_at(change["table"])
        table["items"] = defaultdict(dict, change["items"])
        table.pop(dynamodb._INDEX_MEMBERS, None)
        dynamodb._update_counts(table)

    def _again_tables(self, change):
        for scoped in change["dropped"]:
            for store in (dynamodb._tables, dynamodb._stream_records, dynamodb._stream_trimmed):
                store.pop_scoped(*scoped, None)
        for scoped, definition in change["tables"].all_items():
            table = dynamodb._tables.get_scoped(*scoped)
            if table is None:
                dynamodb._tables.set_scoped(*scoped, {**definition, "items": defaultdict(dict), "ItemCount": 0})
                continue
            counts = {key: table.get(key, 0) for key in ("ItemCount", "TableSizeBytes")}
            table.update({**definition, **counts})
            table.pop(dynamodb._INDEX_MEMBERS, None)
        dynamodb._restore_state(change["settings"])


def forget_old_deletions(table):
    """Removes stamps of deleted items that are older than any stream record. Until then they reject other Regions' earlier writes."""
    for pk, stamps in list(table.get(STAMPS, {}).items()):
        rows = table["items"].get(pk, {})
        kept = {sk: stamp for sk, stamp in stamps.items() if sk in rows or stamp[0] / 1_000_000 > expiry()}
        table[STAMPS][pk] = kept
        if not kept:
            del table[STAMPS][pk]

"""Endpoints of a Region for the local run's replication, below /_stayopen/replication/ of the emulator's address.

  POST group    {tables: {name: [Region]}, buckets: {name: Region}, regions: [Region]}: starts replicating
  POST lacking  {tables: [name]}: returns those that are not global here, because they are new or this Region has lost its data
  POST copy     {tables: [name]}: sends their items to the other Regions again
  GET  changes  ?to=REGION&after=N&had=N&limit=N&waitMs=N: waits for a change after N, and records that REGION has all up to `had`
  POST apply    {changes: [change]}: applies each unless this Region has a later write of the same item or object

Answers only requests to 127.0.0.1 with the header x-stayopen, which no page of another site can send.
"""

import asyncio
import json
import logging
from urllib.parse import parse_qs

from durable_tables import table_at

logger = logging.getLogger("replication")
PREFIX = "/_stayopen/replication/"
LARGEST_ANSWER_BYTES = 4 * 1024 * 1024


class Replication:
    def __init__(self, outbox, tables, buckets, account):
        self._outbox = outbox
        self._tables = tables
        self._buckets = buckets
        self._account = account

    def around(self, app):
        async def app_with_replication(scope, receive, send):
            if scope["type"] != "http" or not scope["path"].startswith(PREFIX) or not is_local(scope, b"replication"):
                return await app(scope, receive, send)
            try:
                status, answer = 200, await self._answer(scope, receive)
            except Exception as error:
                logger.exception("Replication request failed")
                status, answer = 500, {"error": f"{type(error).__name__}: {error}"}
            body = json.dumps(answer, separators=(",", ":")).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return app_with_replication

    async def _answer(self, scope, receive):
        body = await body_of(receive)
        endpoint = scope["path"][len(PREFIX) :]
        if endpoint == "changes":
            query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
            return await self._changes(receive, query)
        request = json.loads(body)
        if endpoint == "group":
            return self._group(request)
        if endpoint == "lacking":
            return [name for name in request["tables"] if not self._tables.is_global(self._own(name))]
        if endpoint == "copy":
            for name in request["tables"]:
                self._tables.copy(self._own(name))
            return {}
        if endpoint == "apply":
            return self._apply(request)
        raise ValueError(f"Unknown endpoint: {endpoint}")

    def _group(self, request):
        for name, regions in request["tables"].items():
            where = self._own(name)
            if table_at(where) is None:
                raise ValueError(f"Table {name} does not exist")
            self._tables.make_global(where, regions)
        self._buckets.know_regions(request["buckets"])
        self._outbox.group_with(request["regions"])
        return {}

    async def _changes(self, receive, query):
        to, after, limit = query["to"], int(query["after"]), int(query["limit"])
        self._outbox.has(to, int(query["had"]))
        if limit > 0:
            await first_of(self._outbox.until_more_than(after, int(query["waitMs"]) / 1000), receive())
        found, last = self._outbox.after(to, after, limit)
        changes, size = [], 0
        for change in found:
            if size > LARGEST_ANSWER_BYTES:
                last = change["n"] - 1
                break
            sent = self._sent(change)
            if sent is not None:
                changes.append(sent)
                size += len(sent.get("body", "")) + 2_000
        return {**self._outbox.status(to), "last": last, "changes": changes}

    def _sent(self, change):
        if "bucket" in change:
            content = self._buckets.content(change)
            return content and {**content, "n": change["n"]}
        sent = {field: change[field] for field in ("key", "stamp", "n", "item", "copy") if field in change}
        return {**sent, "table": change["table"][2]}

    def _apply(self, request):
        applied = 0
        for change in request["changes"]:
            stamp = tuple(change["stamp"])
            if "bucket" in change:
                applied += self._buckets.apply(change, stamp)
            else:
                applied += self._tables.apply({**change, "table": self._own(change["table"])}, stamp)
        return {"applied": applied}

    def _own(self, table):
        return [self._account, self._outbox.region, table]


def regions_of(buckets, own):
    """Returns the Regions that receive a change of the Region `own`."""

    def regions(change):
        if "bucket" in change:
            return (buckets.region_of(change["destination"]),)
        table = table_at(change["table"])
        return [region for region in (table or {}).get("_global_regions", []) if region != own]

    return regions


def is_local(scope, purpose):
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)[0]
    return host == "127.0.0.1" and headers.get(b"x-stayopen") == purpose


async def body_of(receive):
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ConnectionError("The request ended early")
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def first_of(*awaited):
    """Returns when one of them is done, and cancels the others: changes have arrived, or the caller has disconnected."""
    tasks = [asyncio.ensure_future(each) for each in awaited]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()

"""Reports new stream records, so that readers of the streams wait for them instead of asking again and again.

  GET /_stayopen/streams?after=N&waitMs=N    waits for a record after the Nth; returns {count, tables}: the tables with such records

Counts from the start of this process. Answers only requests to 127.0.0.1 with the header x-stayopen, which no page of another site
can send.
"""

import asyncio
import json
import threading
from urllib.parse import parse_qs

from replication import first_of, is_local

PATH = "/_stayopen/streams"


class StreamNotices:
    def __init__(self):
        self._count = 0
        self._latest = {}
        self._lock = threading.Lock()
        self._waiting = set()
        self._loop = None

    def install(self):
        import ministack.app as app
        from ministack.services import dynamodb

        emit = dynamodb._emit_stream_event

        def emit_and_notify(table_name, *args, **kwargs):
            emit(table_name, *args, **kwargs)
            stream = (dynamodb._tables.get(table_name) or {}).get("StreamSpecification") or {}
            if stream.get("StreamEnabled"):
                self._note(table_name)

        dynamodb._emit_stream_event = emit_and_notify
        app.app = self._around(app.app)

    def _note(self, table_name):
        with self._lock:
            self._latest[table_name] = self._count = self._count + 1
        if self._waiting:
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self):
        for woken in self._waiting:
            woken.set()

    def _around(self, app):
        async def app_with_notices(scope, receive, send):
            if scope["type"] != "http" or scope["path"] != PATH or not is_local(scope, b"streams"):
                return await app(scope, receive, send)
            query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
            await receive()
            await first_of(self._until_more_than(int(query["after"]), int(query["waitMs"]) / 1000), receive())
            body = json.dumps(self._after(int(query["after"]))).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return app_with_notices

    def _after(self, n):
        with self._lock:
            return {"count": self._count, "tables": [name for name, latest in self._latest.items() if latest > n]}

    async def _until_more_than(self, n, seconds):
        self._loop = asyncio.get_running_loop()
        woken = asyncio.Event()
        self._waiting.add(woken)
        try:
            # After it waits, so that no record comes between.
            if self._count <= n:
                await asyncio.wait_for(woken.wait(), seconds)
        except asyncio.TimeoutError:
            pass
        finally:
            self._waiting.discard(woken)

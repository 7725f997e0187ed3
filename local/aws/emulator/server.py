"""Serves MiniStack's application over HTTP/1.1 in place of hypercorn, which takes half of the processor time of a request.

The callers are processes of this machine: SDKs, the edge, the functions' proxy. Not supported, because none of them needs it: TLS, HTTP/2,
WebSockets, trailers.
"""

import asyncio
import logging
import signal
from http import HTTPStatus
from urllib.parse import unquote

logger = logging.getLogger("server")

HEAD_LIMIT = 64 * 1024
# A request's body that waits here while the previous response is written.
AHEAD_LIMIT = 1024 * 1024
KEEP_ALIVE_SECONDS = 75
GRACE_SECONDS = 3
PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus}
DISCONNECTED = {"type": "http.disconnect"}


class Malformed(Exception):
    pass


class Exchange:
    """A request and its response."""

    def __init__(self, connection, scope, headers):
        self._connection = connection
        self._is_head = scope["method"] == "HEAD"
        self._parts = []
        self._arrived = asyncio.Event()
        self._is_last_given = False
        self._is_complete = False
        self._start = None
        self._has_begun = False
        self._is_chunked = False
        self._continues = headers.get(b"expect", b"").lower() == b"100-continue"
        self.stays_open = scope["http_version"] == "1.1" and b"close" not in headers.get(b"connection", b"").lower()
        self.is_over = False
        self.scope = scope

    async def run(self, app):
        try:
            await app(self.scope, self.receive, self.send)
            if not self.is_over:
                raise RuntimeError("The application sent no complete response.")
        except Exception:
            logger.exception("%s %s failed", self.scope["method"], self.scope["path"])
            self.stays_open = False
            if not self._has_begun and not self.is_over:
                self._connection.write(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        finally:
            self.end()
            self._connection.answered(self)

    def add(self, data, is_complete):
        self._is_complete = is_complete
        self._continues = self._continues and not is_complete
        self._parts.append(data)
        self._arrived.set()

    def end(self):
        """Later calls of receive() report that the client has gone."""
        self.is_over = True
        self._arrived.set()

    async def receive(self):
        if self._is_last_given or self.is_over:
            while not self.is_over:
                self._arrived.clear()
                await self._arrived.wait()
            return DISCONNECTED
        if self._continues:
            self._continues = False
            self._connection.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        while not self._parts and not self.is_over:
            self._arrived.clear()
            await self._arrived.wait()
        if not self._parts:
            return DISCONNECTED
        body = b"".join(self._parts)
        self._parts.clear()
        self._is_last_given = self._is_complete
        return {"type": "http.request", "body": body, "more_body": not self._is_complete}

    async def send(self, message):
        if self.is_over:
            return
        if message["type"] == "http.response.start":
            self._start = message
            return
        body, is_last = message.get("body", b""), not message.get("more_body", False)
        data = self._framed(body, is_last)
        if not self._has_begun:
            data = self._head(body, is_last, data)
            self._has_begun = True
        self._connection.write(data)
        if is_last:
            self.end()
        else:
            await self._connection.drained()

    def _framed(self, body, is_last):
        if self._has_begun and self._is_chunked:
            return chunk(body) + (b"0\r\n\r\n" if is_last else b"")
        return b"" if self._is_head or self._start["status"] in (204, 304) else body

    def _head(self, body, is_last, data):
        status = self._start["status"]
        lines = [b"%b: %b" % (name.strip(), value.strip()) for name, value in self._start.get("headers", [])]
        names = {name.lower() for name, _ in self._start.get("headers", [])}
        if b"content-length" not in names and b"transfer-encoding" not in names and status not in (204, 304):
            if is_last:
                lines.append(b"content-length: %d" % len(body))
            elif self.scope["http_version"] == "1.1" and not self._is_head:
                lines.append(b"transfer-encoding: chunked")
                self._is_chunked = True
                data = chunk(body)
            else:
                self.stays_open = False
        if not self.stays_open and b"connection" not in names:
            lines.append(b"connection: close")
        head = b"\r\n".join(lines)
        if head.count(b"\n") != len(lines) - 1 or head.count(b"\r") != len(lines) - 1:
            raise ValueError(f"A header of the response has a line break: {head[:500]}")
        return b"HTTP/1.1 %d %b\r\n%b\r\n\r\n%b" % (status, PHRASES.get(status, b""), head, data)


def chunk(body):
    return b"%x\r\n%b\r\n" % (len(body), body) if body else b""


class Connection(asyncio.Protocol):
    def __init__(self, app, loop, connections):
        self._app = app
        self._loop = loop
        self._connections = connections
        self._buffer = bytearray()
        self._exchange = None
        # Bytes of the body that are to come; None within a chunked one.
        self._left = 0
        self._is_in_body = False
        self._room = asyncio.Event()
        self._room.set()
        self._idle_since = loop.time()
        self._idle = None
        self._task = None

    @property
    def is_busy(self):
        return self._exchange is not None

    def connection_made(self, transport):
        self._transport = transport
        self._client, self._server = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self._connections.add(self)
        self._close_if_idle()

    def connection_lost(self, _error):
        self._connections.discard(self)
        self._idle.cancel()
        self._room.set()
        if self._exchange is not None:
            self._exchange.end()

    def pause_writing(self):
        self._room.clear()

    def resume_writing(self):
        self._room.set()

    async def drained(self):
        await self._room.wait()

    def write(self, data):
        if not self._transport.is_closing():
            self._transport.write(data)

    def close(self):
        self._transport.close()

    def data_received(self, data):
        self._buffer += data
        self._read()

    def answered(self, exchange):
        self._exchange = self._task = None
        # A response before the end of the request's body: the rest of it is unread.
        if not exchange.stays_open or self._is_in_body:
            self.close()
            return
        self._idle_since = self._loop.time()
        if self._buffer:
            self._transport.resume_reading()
            self._read()

    def _close_if_idle(self):
        """Looks from time to time: a timer for each request would take a tenth of its time here."""
        ends_at = self._loop.time() if self.is_busy else self._idle_since
        ends_at += KEEP_ALIVE_SECONDS
        if ends_at <= self._loop.time():
            self.close()
        else:
            self._idle = self._loop.call_at(ends_at, self._close_if_idle)

    def _read(self):
        try:
            if self._is_in_body:
                self._read_body()
            elif self._exchange is None:
                self._read_head()
            elif len(self._buffer) > AHEAD_LIMIT:
                self._transport.pause_reading()
        except Malformed as error:
            logger.warning("Malformed request: %s", error)
            self.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            self.close()

    def _read_head(self):
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > HEAD_LIMIT:
                raise Malformed("its head is too large")
            return
        first, *lines = bytes(self._buffer[:end]).split(b"\r\n")
        del self._buffer[: end + 4]
        parts = first.split(b" ")
        if len(parts) != 3 or parts[2] not in (b"HTTP/1.1", b"HTTP/1.0"):
            raise Malformed(f"its first line is {first[:200]}")
        fields = []
        for line in lines:
            name, colon, value = line.partition(b":")
            if not colon or not name or name != name.strip():
                raise Malformed(f"it has the header {line[:200]}")
            fields.append((name.lower(), value.strip()))
        headers = dict(fields)
        target = parts[1]
        path, _, query = target.partition(b"?")
        try:
            decoded = unquote(path.decode("ascii"))
        except UnicodeDecodeError:
            raise Malformed(f"its path is {path[:200]}") from None
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.1"},
            "http_version": parts[2][5:].decode(),
            "method": parts[0].decode("latin-1").upper(),
            "scheme": "http",
            "path": decoded,
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": fields,
            "client": self._client,
            "server": self._server,
            "extensions": {},
        }
        length = headers.get(b"content-length")
        if b"transfer-encoding" in headers:
            if length is not None or headers[b"transfer-encoding"].lower() != b"chunked":
                raise Malformed("its body's length is unclear")
            self._left = None
        elif length is not None and not length.isdigit():
            raise Malformed(f"its length is {length[:200]}")
        else:
            self._left = int(length or 0)
        self._exchange = Exchange(self, scope, headers)
        self._is_in_body = True
        self._read_body()
        self._task = self._loop.create_task(self._exchange.run(self._app))

    def _read_body(self):
        if self._left is None:
            self._read_chunks()
            return
        data = bytes(self._buffer[: self._left])
        del self._buffer[: len(data)]
        self._left -= len(data)
        self._is_in_body = self._left > 0
        if data or not self._is_in_body:
            self._exchange.add(data, not self._is_in_body)

    def _read_chunks(self):
        while True:
            end = self._buffer.find(b"\r\n")
            if end < 0:
                if len(self._buffer) > HEAD_LIMIT:
                    raise Malformed("a chunk has no size")
                return
            try:
                size = int(bytes(self._buffer[:end]).split(b";")[0], 16)
            except ValueError:
                raise Malformed("a chunk has no size") from None
            if len(self._buffer) < end + 2 + size + 2:
                return
            data = bytes(self._buffer[end + 2 : end + 2 + size])
            if self._buffer[end + 2 + size : end + 4 + size] != b"\r\n":
                raise Malformed("a chunk is longer than its size, or trailers follow")
            del self._buffer[: end + 4 + size]
            self._is_in_body = size > 0
            self._exchange.add(data, size == 0)
            if size == 0:
                return


class Lifespan:
    """Reports start and end to the application."""

    def __init__(self, app):
        self._messages = asyncio.Queue()
        self._answers = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
        self._task = asyncio.ensure_future(app(scope, self._messages.get, self._answers.put))

    async def reports(self, event):
        await self._messages.put({"type": f"lifespan.{event}"})
        answer = asyncio.ensure_future(self._answers.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done() or answer.result()["type"] != f"lifespan.{event}.complete":
            raise RuntimeError(f"The application's {event} failed.")


async def serve(app, config):
    """Has hypercorn.asyncio.serve's form. Ends after SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    lifespan = Lifespan(app)
    await lifespan.reports("startup")
    host, port = config.bind[0].rsplit(":", 1)
    connections = set()
    server = await loop.create_server(lambda: Connection(app, loop, connections), host, int(port), backlog=1024)
    await stopping.wait()
    server.close()
    deadline = loop.time() + GRACE_SECONDS
    while any(connection.is_busy for connection in connections) and loop.time() < deadline:
        await asyncio.sleep(0.02)
    for connection in list(connections):
        connection.close()
    await lifespan.reports("shutdown")


def replace_hypercorn():
    import hypercorn.asyncio

    hypercorn.asyncio.serve = serve

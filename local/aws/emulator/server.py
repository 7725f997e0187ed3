"""Serves MiniStack's application by uvicorn in place of hypercorn, which takes half of the processor time of a request."""

import uvicorn

KEEP_ALIVE_SECONDS = 75
GRACE_SECONDS = 3


async def serve(app, config):
    """Has hypercorn.asyncio.serve's form. Ends after SIGTERM or SIGINT."""
    host, port = config.bind[0].rsplit(":", 1)
    settings = uvicorn.Config(
        app,
        host=host,
        port=int(port),
        # A parser in C; hypercorn has h11, in Python.
        http="httptools",
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_level=config.loglevel.lower(),
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    await uvicorn.Server(settings).serve()


def replace_hypercorn():
    import hypercorn.asyncio

    hypercorn.asyncio.serve = serve

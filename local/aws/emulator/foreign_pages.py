"""Refuses requests of other sites' pages to the emulator, by the rules of local/servers/refuseForeignPages.ts.

MiniStack answers any Host and lets every origin read its answers ("*"), so that any page in the developer's browser could create a
function and run it as the developer. A request is refused if

  - its Host is no name of this machine, of an AWS endpoint or of an API's custom domain (DNS rebinding);
  - its Origin is that of another server, also on another port of this machine, or it is a fetch of such a page (Sec-Fetch-Site).

The edge passes on requests of the store's pages with their Origin, under the names of APIs and of AWS's endpoints. A page of the store may
open an invoice in the emulator's bucket: a navigation within the site.

Exception: a deployed HTTP API whose CORS configuration names the origin. Other responses have no CORS headers.
"""

import re
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost")
# The functions' proxy forwards AWS's endpoints under their names; DNS rebinding cannot use these.
# Names of deployed APIs, under which the emulator serves nothing else.
API = re.compile(r"^[\w-]+\.execute-api\.localhost$")
AWS_ENDPOINT = re.compile(r"^([\w-]+\.)?[\w-]+\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com$")


def host_name(host):
    return re.sub(r":\d+$", "", host.lower())


def is_own_host(name, custom_domains):
    return name in LOOPBACK or name.endswith(".localhost") or bool(AWS_ENDPOINT.match(name)) or name in custom_domains


def is_own_origin(origin, host, custom_domains):
    try:
        parts = urlsplit(origin)
        if parts.netloc.lower() == host.lower():
            return True
        own, caller = host_name(host), parts.hostname or ""
    except ValueError:
        return False
    from_edge = API.match(own) or AWS_ENDPOINT.match(own) or own in custom_domains
    return bool(from_edge) and is_own_host(caller, custom_domains)


def refusal_of(headers, custom_domains, allows_origin):
    """Returns the reason for a refusal, or None. `headers` by lower-case name; `allows_origin` is a deployed API's CORS rule."""
    host = headers.get("host", "")
    if not is_own_host(host_name(host), custom_domains):
        return f'The Host "{host}" is not a name of this server. Use 127.0.0.1 or localhost.'
    origin = headers.get("origin")
    if origin is not None and allows_origin(origin):
        return None
    if origin is not None and not is_own_origin(origin, host, custom_domains):
        return f'Pages of the origin "{origin}" may not call this server.'
    site = headers.get("sec-fetch-site")
    if site == "cross-site" or (site == "same-site" and headers.get("sec-fetch-mode") != "navigate"):
        return "Pages of other servers may not call this server."
    return None


def refuse():
    import ministack.app as ministack
    from ministack.services import apigateway, apigateway_v1

    serve = ministack.app

    def configured(headers, path):
        """Returns the CORS rule of the called API: a function that returns True for an allowed origin."""
        parsed = ministack._parse_execute_api_url(headers.get("host", ""), path)
        custom = None if parsed else ministack._resolve_custom_domain_request(headers.get("host", ""), path)
        called = (parsed or custom or (None,))[0]
        api = apigateway._apis.get(called) if isinstance(called, str) else None
        allowed = ((api or {}).get("corsConfiguration") or {}).get("allowOrigins") or []
        return lambda origin: "*" in allowed or origin in allowed

    async def refuse_foreign_pages(scope, receive, send):
        if scope["type"] != "http":
            return await serve(scope, receive, send)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        allows_origin = configured(headers, scope["path"])
        refusal = refusal_of(headers, apigateway_v1._domain_names, allows_origin)
        if refusal is not None:
            return await answer(send, refusal)
        if "origin" in headers and allows_origin(headers["origin"]):
            return await serve(scope, receive, send)

        async def send_without_cors(message):
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", []) if not pair[0].lower().startswith(b"access-control-")]
                message = {**message, "headers": kept}
            await send(message)

        await serve(scope, receive, send_without_cors)

    ministack.app = refuse_foreign_pages


async def answer(send, refusal):
    body = f"{refusal}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})

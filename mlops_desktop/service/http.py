"""HTTP on loopback: one route for every verb, and one that proves who listens.

Every request must carry the project's token, name this host and come from no page (no Origin); anything else is
401 or 403 before its body is read.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
import traceback
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mlops_desktop.domain.errors import BusyError, InvalidInputError, NotFoundError, UserError, to_message
from mlops_desktop.domain.wire import Answer, Bug, Envelope, Failure, Reply
from mlops_desktop.presence.notice import HELLO_PATH, LEAVE_PATH, Leaving, Listener
from mlops_desktop.project.verb import VERBS, Verb
from mlops_desktop.project.waiting import NotYet
from mlops_desktop.store.session import Caller

from .host import Host
from .local import Local

log = logging.getLogger(__name__)

MEDIA = "application/x-msgpack"
LARGEST_BODY = 64 * 1024 * 1024
"""Bytes of a request's body; files travel by name."""
LONGEST_WAIT_S = 60.0
"""Seconds that a call which waits is kept open."""
THREADS = 8
"""Threads that run verbs; waiting takes none of them."""


class Wire:
    """Turns requests into calls of verbs, and results into replies.

    Parameters
    ----------
    host : Host
        The service.
    protocol : str
        Fingerprint of this service's verbs; a caller with another one is told so.
    idle_s : float
        Seconds without a call after which it is quiet.
    """

    def __init__(self, host: Host, protocol: str, idle_s: float = 60.0) -> None:
        self._host = host
        self.idle_s = idle_s
        self._protocol = protocol
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="verb")
        self._last = time.monotonic()
        self._open = 0
        self._leaving = False

    async def reply(self, name: str, body: bytes) -> Reply:
        """The reply to one call; never raises."""
        self._last = time.monotonic()
        self._open += 1
        try:
            verb, envelope, arguments = self._understood(name, body)
            local = self._host.local(Caller(envelope.actor, envelope.client, envelope.request_id))
            result = await self._run(local, verb, arguments)
            return Answer(verb.pack_result(result))
        except UserError as error:
            return Failure(to_message(error))
        except Exception:  # the last line before the wire: a bug is logged and told, and the service lives on
            reference = uuid.uuid4().hex[:8]
            log.exception("bug %s in %s", reference, name)
            return Bug(reference, traceback.format_exc())
        finally:
            self._open -= 1
            self._last = time.monotonic()

    def is_quiet(self) -> bool:
        """Whether no client has asked anything for a while."""
        return self._open == 0 and time.monotonic() - self._last > self.idle_s

    def leave(self) -> None:
        """Answer the calls that wait, now: the service ends."""
        self._leaving = True
        self._host.ring.wake()

    def close(self) -> None:
        """Wait for the verbs that run."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _understood(self, name: str, body: bytes) -> tuple[Verb, Envelope, dict[str, Any]]:
        verb = VERBS.get(name)
        try:
            envelope = msgspec.msgpack.decode(body, type=Envelope)
        except msgspec.DecodeError as error:
            raise InvalidInputError("The request can't be read.", reason=str(error)) from error
        if envelope.protocol != self._protocol and name not in ("status", "stop"):
            raise BusyError(
                "This window or command and the service of the project are of different versions.",
                remedy="Close the older one: `mlops-desktop stop` ends an idle service.",
            )
        if verb is None:
            raise NotFoundError(f"There is no verb “{name}”.")
        return verb, envelope, verb.unpack_arguments(envelope.arguments)

    async def _run(self, local: Local, verb: Verb, arguments: dict[str, Any]) -> Any:
        loop = asyncio.get_running_loop()
        ends = time.monotonic() + min(float(arguments.get("timeout_s") or 0), LONGEST_WAIT_S)
        while True:
            number = self._host.ring.last
            try:
                return await loop.run_in_executor(self._pool, local.attempt, verb, arguments)
            except NotYet as nothing:
                left = ends - time.monotonic()
                if left <= 0 or self._leaving or not await self._host.ring.wait_async(number, left):
                    return nothing.answer


def application(wire: Wire, listener: Listener, leave: Callable[[], Leaving]) -> Guard:
    """The routes: ``GET /hello``, ``POST /leave`` and ``POST /v/{verb}``, behind a `Guard`."""

    async def greet(request: Request) -> Response:
        answer = listener.hello(request.query_params.get("nonce", "")[:200])
        return Response(msgspec.json.encode(answer), media_type="application/json")

    async def go(request: Request) -> Response:
        return Response(msgspec.json.encode(leave()), media_type="application/json")

    async def run(request: Request) -> Response:
        if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
            return Response("The request is too large.", 413)
        body = bytearray()
        async for part in request.stream():  # a body in chunks doesn't say its length before
            body += part
            if len(body) > LARGEST_BODY:
                return Response("The request is too large.", 413)
        reply = await wire.reply(request.path_params["verb"], bytes(body))
        return Response(msgspec.msgpack.encode(reply), media_type=MEDIA)

    routes = [
        Route(HELLO_PATH, greet, methods=["GET"]),
        Route(LEAVE_PATH, go, methods=["POST"]),
        Route("/v/{verb}", run, methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes), listener.token)


class Guard:
    """Stands before every route and method, also those that don't exist: lets in who has the token.

    Parameters
    ----------
    inside : Starlette
        What is behind it.
    token : str
        The project's token; only ``GET /hello``, by which the owner proves that it knows it, goes without.
    """

    def __init__(self, inside: Starlette, token: str) -> None:
        self._inside = inside
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let it in."""
        if scope["type"] != "http":  # a web socket: closing it before it is accepted is a 403
            return await send({"type": "websocket.close"})
        request = Request(scope)
        greets = (request.method, scope["path"]) == ("GET", HELLO_PATH)
        refused = _stranger(request) or (None if greets else _unproved(request, self._token))
        return await (refused or self._inside)(scope, receive, send)


def _stranger(request: Request) -> Response | None:
    """403 where a web page asks, or where another host is meant (DNS rebinding)."""
    if "origin" in request.headers or request.headers.get("sec-fetch-site", "none") not in ("none",):
        return Response("Pages may not ask.", 403)
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    if host not in ("127.0.0.1", "localhost", "[::1]"):
        return Response("Another host is meant.", 403)
    return None


def _unproved(request: Request, token: str) -> Response | None:
    """401 without this project's token."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(given.encode(), token.encode()):
        return Response("A token of this project is needed.", 401)
    return None

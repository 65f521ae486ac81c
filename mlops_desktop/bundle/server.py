"""Predictions over HTTP, by the standard library alone.

``POST /invocations`` takes JSON or CSV, ``GET /ping`` says that it works, ``GET /`` says what the model takes.
A request that can't be scored gets 400 and a sentence that names row and column.
"""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .errors import InputError
from .requests import answer
from .scorer import Scorer

LARGEST_REQUEST = 256 << 20
"""Bytes; longer ones get 413."""
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class PredictionServer(ThreadingHTTPServer):
    """Serves one model.

    Parameters
    ----------
    host : str
        Address to listen on.
    port : int
        0 takes a free one; `server_port` says which.
    token : str
        If given, each request must carry it as ``Authorization: Bearer``.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, scorer: Scorer, host: str, port: int, token: str = "") -> None:
        self.scorer = scorer
        self.token = token
        self.local = host in ("127.0.0.1", "localhost", "::1")
        self.lock = threading.Lock()
        super().__init__((host, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: PredictionServer  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        """``/ping`` and ``/``."""
        if not self._allowed():
            return
        if self.path in ("/ping", "/health"):
            self._send(200, {"status": "ok"})
        elif self.path == "/":
            self._send(200, dict(self.server.scorer.signature))
        else:
            self._send(404, {"error": f"There is no {self.path}; POST to /invocations."})

    def do_POST(self) -> None:
        """``/invocations``."""
        body = self._body()
        if body is None or not self._allowed():
            return
        if self.path != "/invocations":
            self._send(404, {"error": f"There is no {self.path}; POST to /invocations."})
            return
        try:
            with self.server.lock:
                found = answer(self.server.scorer, body, self.headers.get("Content-Type", "application/json"))
        except InputError as error:
            self._send(400, {"error": error.message, "row": error.row, "column": error.column})
            return
        self._send(200, found)

    def _body(self) -> bytes | None:
        """The request's bytes; None once it has been answered with an error."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.close_connection = True
            self._send(411, {"error": "The request must say its Content-Length."})
            return None
        if int(length) > LARGEST_REQUEST:
            self.close_connection = True
            self._send(
                413,
                {"error": f"The request is longer than {LARGEST_REQUEST >> 20} MB: score a file instead."},
            )
            return None
        return self.rfile.read(int(length))

    def _allowed(self) -> bool:
        """Whether the host is ours and the token right; else the answer is sent."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if self.server.local and host not in _LOCAL_HOSTS:
            self._send(403, {"error": "This server answers to this computer only."})
            return False
        given = self.headers.get("Authorization", "")
        if self.server.token and not hmac.compare_digest(
            given.encode(), f"Bearer {self.server.token}".encode()
        ):
            self._send(401, {"error": "The token is missing or wrong."})
            return False
        return True

    def _send(self, status: int, answer_: Mapping[str, Any]) -> None:
        body = json.dumps(answer_, ensure_ascii=False).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: they hold people's data."""

"""A small real service for the tests of presence: claims the project, answers hello and leave, ends when told.

Usage: owner_script.py FOLDER [--protocol P] [--version V] [--jobs N] [--slow SECONDS] [--fail MESSAGE] [--record FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from mlops_desktop.domain.errors import BusyError, DamagedError, to_message
from mlops_desktop.presence.discovery import failure_line
from mlops_desktop.presence.notice import EXIT_OWNED, Listener, claim


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--protocol", default="p1")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--slow", type=float, default=0.0)
    parser.add_argument("--fail", default="")
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    try:
        listener = claim(options.folder, options.protocol, options.version)
    except BusyError:
        return EXIT_OWNED
    if options.record:
        with options.record.open("a") as file:
            file.write(f"{os.getpid()} {listener.instance}\n")
    time.sleep(options.slow)  # stands for heavy imports
    if options.fail:
        listener.close()
        print(failure_line(to_message(DamagedError(options.fail))), flush=True)
        return 3
    serve(listener, options.jobs)
    listener.close()
    return 0


def serve(listener: Listener, jobs: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            nonce = parse_qs(urlsplit(self.path).query)["nonce"][0]
            self.reply({"proof": listener.hello(nonce).proof})

        def do_POST(self) -> None:
            assert self.headers["Authorization"] == f"Bearer {listener.token}"
            self.reply({"leaves": jobs == 0, "jobs": jobs})
            if jobs == 0:
                threading.Thread(target=server.shutdown).start()

        def reply(self, answer: dict[str, object]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener.socket
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    sys.exit(main())

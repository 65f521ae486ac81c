"""Answers single rows over loopback, for a form: the bundle's own server on the model's files."""

from __future__ import annotations

from mlops_desktop.bundle.server import PredictionServer
from mlops_desktop.domain.messages import Listening, ServeWork
from mlops_desktop.training.reporting import Reporter
from mlops_desktop.training.scoring import loaded


def serve_model(work: ServeWork, reporter: Reporter) -> None:
    """Serve until the process is ended; says `Listening` first."""
    server = PredictionServer(loaded(work.model_files), "127.0.0.1", 0, work.token)
    with server:
        reporter.say(Listening(server.server_port), at_once=True)
        reporter.log("info", f"{work.model} answers on port {server.server_port}")
        server.serve_forever()

"""What a child says: `Reporter` appends messages to ``events.jsonl`` and lines to ``log.txt``."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from pathlib import Path
from typing import IO

from mlops_desktop.domain.messages import (
    ArtifactSaved,
    Event,
    LogLevel,
    LogLine,
    MetricPoints,
    Outcome,
    Progress,
    StageFinished,
    StageStarted,
    WarningSaid,
    encode_event,
    now,
)
from mlops_desktop.domain.runs import Artifact, Metric, RunWarning, Stage
from mlops_desktop.system import write_bytes

EVERY_S = 0.25
"""Longest time that a message waits for its batch; a write a point would cost more than the fit."""


class Reporter:
    """Writes to one run's folder; may be called from any thread.

    Messages are gathered and written a few times a second. Nothing is said after an `Outcome`.

    Parameters
    ----------
    folder : Path
        ``runs/<id>``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.artifacts_folder = folder / "artifacts"
        self.artifacts_folder.mkdir(exist_ok=True)
        self.artifacts: list[Artifact] = []
        self.warnings: list[RunWarning] = []
        self.stages: list[Stage] = []
        self._events: IO[bytes] = (folder / "events.jsonl").open("ab")
        self._log: IO[bytes] = (folder / "log.txt").open("ab")
        self._lock = threading.Lock()
        self._waiting: list[Event] = []
        self._points: list[Metric] = []
        self._last_write = 0.0
        self._began = time.monotonic()
        self._stage_began = self._began
        self._over = False

    def stage(self, name: str) -> None:
        """A stage begins."""
        self._stage_began = time.monotonic()
        self.say(StageStarted(name, now()), at_once=True)

    def stage_done(self, name: str, title: str, note: str) -> None:
        """The stage that began last has ended."""
        stage = Stage(name, round(time.monotonic() - self._stage_began, 3), title, note)
        self.stages.append(stage)
        self.say(StageFinished(stage, now()))
        self.log("stage", f"{name.lower()}: {title}{', ' if note else ''}{note}")

    def log(self, level: LogLevel, text: str) -> None:
        """A line for people."""
        self.say(LogLine(now(), level, text))

    def warn(self, warning: RunWarning) -> None:
        """Something a person should know."""
        self.warnings.append(warning)
        self.say(WarningSaid(warning))
        self.log("warn", warning.text)

    def metric(self, name: str, value: float, step: int | None = None) -> None:
        """A value of a metric."""
        with self._lock:
            self._points.append(Metric(name, value, step, now()))
        self._write_if_due()

    def progress(self, fraction: float, stage: str) -> None:
        """How far the job is, from 0 to 1; the time left is told from the time so far."""
        spent = time.monotonic() - self._began
        left = spent * (1 - fraction) / fraction if fraction > 0.02 and spent > 0.5 else None
        event = Progress(min(1.0, round(fraction, 4)), stage, None if left is None else round(left, 1))
        with self._lock:
            # only the newest matters
            self._waiting = [e for e in self._waiting if not isinstance(e, Progress)]
        self.say(event)

    def save(self, name: str, kind: str, data: bytes, *, holds_rows: bool = False) -> Artifact:
        """Write an artifact, durably, and say so."""
        write_bytes(self.artifacts_folder / name, data)
        artifact = Artifact(name, kind, hashlib.sha256(data).hexdigest(), len(data), holds_rows)
        self.artifacts.append(artifact)
        self.say(ArtifactSaved(name, kind, name, artifact.sha256, artifact.size_bytes, holds_rows))
        return artifact

    def say(self, event: Event, *, at_once: bool = False) -> None:
        """Append a message, now or with the next batch."""
        with self._lock:
            self._gather_points()
            self._waiting.append(event)
        self._write_if_due(at_once=at_once)

    def end(self, outcome: Outcome) -> bool:
        """Say the outcome and make all of it durable; False if another thread has already ended the run."""
        with self._lock:
            if self._over:
                return False
            self._over = True
            self._gather_points()
            self._waiting.append(outcome)
            self._write()
            os.fsync(self._events.fileno())
            os.fsync(self._log.fileno())
        self.close()
        return True

    def close(self) -> None:
        """Close the files; nothing can be said after it."""
        with self._lock:
            self._over = True
            self._events.close()
            self._log.close()

    def _gather_points(self) -> None:
        if self._points:
            self._waiting.append(MetricPoints(self._points))
            self._points = []

    def _write_if_due(self, *, at_once: bool = False) -> None:
        with self._lock:
            due = at_once or time.monotonic() - self._last_write >= EVERY_S
            if due and not self._over:
                self._gather_points()
                self._write()

    def _write(self) -> None:
        """Write what waits, whole lines in one call, so that a kill leaves at most one torn line."""
        if self._waiting:
            self._events.write(b"".join(encode_event(event) for event in self._waiting))
            self._events.flush()
            lines = [_line(event) for event in self._waiting if isinstance(event, LogLine)]
            self._log.write("".join(lines).encode())
            self._log.flush()
        self._waiting = []
        self._last_write = time.monotonic()


def _line(event: LogLine) -> str:
    text = event.text.replace("\n", "\n    ")
    return f"{event.at:%Y-%m-%d %H:%M:%S}.{event.at.microsecond // 10_000:02d}Z  {event.level:<5}  {text}\n"

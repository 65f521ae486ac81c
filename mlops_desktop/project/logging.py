"""`RunLog`: a script's own run, from its first value to its end."""

from __future__ import annotations

import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.runs import Metric, ParamValue, Run

if TYPE_CHECKING:
    from .runs import Runs

BATCH = 500
"""Points that are sent together at the latest."""
BATCH_S = 1.0
"""Seconds after which points are sent at the latest."""


class RunLog:
    """Collects what a script logs and sends it in batches, from a thread of its own.

    A value that was sent and answered is safe, even if this script, the service or the machine ends in the next
    moment; `flush` makes sure of all values so far.

    Parameters
    ----------
    runs : Runs
        The facade's group.
    name : str
        Name of the run.
    params : dict
        What the script was set to.
    tags : list of str
        Words to find it by.
    """

    def __init__(self, runs: Runs, name: str, params: dict[str, ParamValue], tags: list[str]) -> None:
        self._runs = runs
        self.run: Run = runs.begin_log(name, params, tags)
        self._points: list[Metric] = []
        self._finals: dict[str, float] = {}
        self._params: dict[str, ParamValue] = {}
        self._full = threading.Condition()
        self._sending = threading.Lock()
        self._ended = False
        self._thread = threading.Thread(
            target=self._send_always, name=f"log-run-{self.run.run_id}", daemon=True
        )
        self._thread.start()

    @property
    def run_id(self) -> int:
        """Number of the run."""
        return self.run.run_id

    def metric(self, name: str, value: float, step: int | None = None) -> None:
        """Log a value; without a step it is the final one."""
        with self._full:
            if step is None:
                self._finals[name] = float(value)
            else:
                self._points.append(Metric(name, float(value), step, datetime.now(UTC)))
            if len(self._points) >= BATCH:
                self._full.notify_all()

    def metrics(self, values: dict[str, float], step: int | None = None) -> None:
        """Log several values of one step."""
        for name, value in values.items():
            self.metric(name, value, step)

    def param(self, name: str, value: ParamValue) -> None:
        """Log a parameter."""
        with self._full:
            self._params[name] = value

    def flush(self) -> None:
        """Send what was logged so far and wait until it is safe.

        Raises
        ------
        UserError
            The service refused it, as for a run that was ended elsewhere.
        """
        with self._sending:
            with self._full:
                points, finals, params = self._points, self._finals, self._params
                self._points, self._finals, self._params = [], {}, {}
            try:
                if points or finals or params:
                    self._runs.log_points(self.run_id, points, finals, params)
            except BaseException:
                with self._full:  # nothing logged is lost: it is sent again with what comes next
                    self._points, self._finals = points + self._points, {**finals, **self._finals}
                    self._params = {**params, **self._params}
                raise

    def end(self, state: str = "finished", error: str = "") -> Run:
        """Send the rest and end the run."""
        with self._full:
            self._ended = True
            self._full.notify_all()
        self._thread.join()
        self.flush()
        self.run = self._runs.end_log(self.run_id, state, error)
        return self.run

    def __enter__(self) -> RunLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.end()
        else:
            self.end("failed", "".join(traceback.format_exception_only(error)).strip())

    def _send_always(self) -> None:
        while True:
            with self._full:
                self._full.wait_for(lambda: self._ended or len(self._points) >= BATCH, BATCH_S)
                if self._ended:
                    return
            try:
                self.flush()
            except (UserError, OSError):
                continue  # kept for the next turn; `flush` or `end` raises it where the script can see it

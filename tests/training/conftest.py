"""Small tables, and real children that train on them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlops_desktop.bundle.files import PathFiles
from mlops_desktop.bundle.scorer import Scorer
from mlops_desktop.domain.evaluations import Evaluation, Signature
from mlops_desktop.domain.messages import (
    Event,
    InputColumn,
    JobFile,
    Outcome,
    TrainWork,
    Work,
    decode_lines,
    encode_job,
    fingerprint,
    now,
)
from mlops_desktop.domain.runs import RunFacts, RunSpec
from mlops_desktop.training.reporting import Reporter
from mlops_desktop.training.run_training import Training

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "mlops_desktop.training.worker"]


@dataclass
class Ran:
    """What a child left behind."""

    folder: Path
    status: int
    events: list[Event]
    stderr: str

    @property
    def outcome(self) -> Outcome:
        assert isinstance(self.events[-1], Outcome), self.stderr
        return self.events[-1]


@dataclass
class Trained:
    """What a training left behind."""

    folder: Path
    metrics: dict[str, float]
    facts: RunFacts
    reporter: Reporter

    @property
    def events(self) -> list[Event]:
        return decode_lines((self.folder / "events.jsonl").read_bytes())[0]

    @property
    def said(self) -> str:
        """Every warning, a line each."""
        return "\n".join(warning.text for warning in self.reporter.warnings)

    @property
    def signature(self) -> Signature:
        return msgspec.json.decode((self.folder / "artifacts/signature.json").read_bytes(), type=Signature)

    @property
    def evaluation(self) -> Evaluation:
        return msgspec.json.decode((self.folder / "artifacts/evaluation.json").read_bytes(), type=Evaluation)

    @property
    def model_files(self) -> dict[str, str]:
        names = [artifact.name for artifact in self.reporter.artifacts if artifact.kind == "model"]
        return {name: str(self.folder / "artifacts" / name) for name in names}

    @property
    def scorer(self) -> Scorer:
        return Scorer.load(PathFiles(self.model_files))


@pytest.fixture
def start_child() -> Callable[..., subprocess.Popen[str]]:
    """Starts a warm worker."""

    def start(**options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(COMMAND, stdin=subprocess.PIPE, text=True, env=_environment(), **options)

    return start


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


@pytest.fixture
def run_child(tmp_path: Path) -> Callable[[Work], Ran]:
    """Does a job in a real child process."""
    numbers = iter(range(1, 100))

    def run(work: Work) -> Ran:
        folder = tmp_path / f"run{next(numbers)}"
        folder.mkdir()
        (folder / "job.json").write_bytes(encode_job(JobFile(fingerprint(), 1, work)))
        done = subprocess.run(
            COMMAND, input=f"{folder}\n", text=True, capture_output=True, env=_environment(), timeout=120
        )
        events, _ = decode_lines((folder / "events.jsonl").read_bytes())
        return Ran(folder, done.returncode, events, done.stderr)

    return run


@pytest.fixture
def train_in_child(tmp_path: Path, run_child: Callable[[Work], Ran]) -> Callable[..., Ran]:
    """Trains on a table in a real child process."""
    numbers = iter(range(1, 100))

    def run(table: pa.Table, spec: RunSpec) -> Ran:
        path = tmp_path / f"input{next(numbers)}.parquet"
        pq.write_table(table, path)
        return run_child(TrainWork(spec, str(path)))

    return run


@pytest.fixture
def train(tmp_path: Path) -> Callable[..., Trained]:
    """Trains on a table in this process, which takes a tenth of the time; raises as the training does."""
    numbers = iter(range(1, 100))

    def run(table: pa.Table, spec: RunSpec, words: dict[str, tuple[str, str]] | None = None) -> Trained:
        folder = tmp_path / f"trained{next(numbers)}"
        folder.mkdir()
        pq.write_table(table, folder / "input.parquet")
        columns = [InputColumn(n, n, words=(words or {}).get(n, ())) for n in table.column_names]
        reporter = Reporter(folder)
        try:
            metrics, facts = Training(TrainWork(spec, str(folder / "input.parquet"), columns), reporter).run()
            reporter.end(Outcome("finished", now(), metrics, facts))
        finally:
            reporter.close()
        return Trained(folder, metrics, facts, reporter)

    return run


@pytest.fixture
def customers() -> Callable[..., pa.Table]:
    """Makes the table of customers."""
    return _customers


@pytest.fixture
def rentals() -> Callable[..., pa.Table]:
    """Makes the table of rentals."""
    return _rentals


def _customers(rows: int = 300, seed: int = 1) -> pa.Table:
    """Numbers, a category, a boolean, a date, each with gaps; `churned` follows from plan and age."""
    random = np.random.default_rng(seed)
    age = random.integers(18, 80, rows)
    plan = random.choice(["basic", "plus", "pro"], rows)
    member = random.choice([True, False, None], rows, p=[0.4, 0.4, 0.2])
    days = random.integers(15_000, 19_000, rows)
    chance = 1 / (1 + np.exp(-((age - 50) / 10 + (plan == "pro") * 2.0)))
    columns: dict[str, Any] = {
        "age": pa.array(age, mask=random.random(rows) < 0.1),
        "plan": pa.array(plan, mask=random.random(rows) < 0.1),
        "member": pa.array([None if m is None else bool(m) for m in member]),
        "since": pa.array(days.astype("int32"), pa.int32(), mask=random.random(rows) < 0.1).cast(pa.date32()),
        "churned": pa.array(np.where(random.random(rows) < chance, "yes", "no")),
    }
    return pa.table(columns)


def _rentals(rows: int = 400, seed: int = 2) -> pa.Table:
    """A number that follows from hour and weather, by the hour from 2012-01-01."""
    random = np.random.default_rng(seed)
    at = np.datetime64("2012-01-01T00:00:00") + np.arange(rows) * np.timedelta64(12, "h")
    hour = (np.arange(rows) * 12) % 24 + random.integers(0, 12, rows)
    weather = random.choice(["clear", "rain"], rows)
    count = 20.0 * hour - 60.0 * (weather == "rain") + random.normal(0, 10, rows)
    return pa.table({"at": at.astype("datetime64[us]"), "hour": hour, "weather": weather, "rentals": count})

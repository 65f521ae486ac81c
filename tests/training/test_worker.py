"""Real children, from job.json to their outcome."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from mlops_desktop.domain.messages import (
    ArtifactSaved,
    JobFile,
    MetricPoints,
    Outcome,
    Progress,
    StageFinished,
    TrainWork,
    decode_lines,
    encode_job,
    fingerprint,
)
from mlops_desktop.domain.runs import STAGES, RunSpec, Split


def test_a_training_ends_with_its_outcome(train_in_child, customers):
    ran = train_in_child(customers(), RunSpec("churned"))
    assert (ran.status, ran.stderr) == (0, "")
    assert ran.outcome.state == "finished"
    assert ran.outcome.metrics["roc_auc"] > 0.7


@pytest.mark.slow
def test_the_same_run_again_gives_equal_metrics(train_in_child, customers):
    spec = RunSpec("churned", split=Split("cross_validation", folds=3), seed=7)
    one, two = (train_in_child(customers(), spec).outcome for _ in range(2))
    assert one.metrics == two.metrics


def test_a_forest_grows_alike_from_the_same_seed_and_otherwise_from_another(train, customers):
    def metrics(seed):
        spec = RunSpec(
            "churned", algorithm="random_forest", params={"trees": 5}, split=Split("stratified"), seed=0
        )
        return train(customers(), msgspec.structs.replace(spec, seed=seed)).metrics["log_loss"]

    assert metrics(3) == metrics(3)
    assert metrics(3) != metrics(4)


def test_every_stage_is_told_in_order(train, customers):
    ran = train(customers(), RunSpec("churned", split=Split(folds=2)))
    assert [e.stage.name for e in ran.events if isinstance(e, StageFinished)] == list(STAGES)


def test_each_boosting_round_gives_a_metric_point(train, customers):
    ran = train(customers(), RunSpec("churned", params={"iterations": 30}))
    points = [p for e in ran.events if isinstance(e, MetricPoints) for p in e.points]
    assert [p.step for p in points if p.name == "test_log_loss"] == list(range(30))


def test_progress_never_goes_back_and_ends_at_one(train, customers):
    ran = train(customers(), RunSpec("churned", split=Split("cross_validation", folds=3)))
    told = [e.fraction for e in ran.events if isinstance(e, Progress)]
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_predictions_carry_the_rows_they_are_of(train, customers):
    ran = train(customers(), RunSpec("churned"))
    table = pq.read_table(ran.folder / "artifacts/predictions.parquet")
    assert table.num_rows == ran.facts.test_rows
    assert set(table["actual"].to_pylist()) == {"yes", "no"}


def test_artifacts_that_hold_rows_are_marked(train, customers):
    saved = {e.name: e for e in train(customers(), RunSpec("churned")).events if isinstance(e, ArtifactSaved)}
    assert {name for name, e in saved.items() if e.holds_rows} == {"golden.json", "predictions.parquet"}


def test_an_idle_worker_ends_with_its_standard_input(start_child):
    child = start_child()
    child.communicate("", timeout=60)
    assert child.returncode == 0


def test_a_job_of_another_protocol_is_refused(tmp_path: Path, start_child):
    job = JobFile("0" * 16, 1, TrainWork(RunSpec("churned"), "nowhere.parquet"))
    (tmp_path / "job.json").write_bytes(encode_job(job))
    start_child().communicate(f"{tmp_path}\n", timeout=60)
    events, _ = decode_lines((tmp_path / "events.jsonl").read_bytes())
    assert isinstance(events[-1], Outcome)
    assert events[-1].error is not None
    assert "another version" in events[-1].error.message


def test_a_child_that_is_told_to_end_says_so_within_five_seconds(tmp_path: Path, customers, start_child):
    pq.write_table(customers(20_000), tmp_path / "in.parquet")
    spec = RunSpec("churned", "random_forest", params={"trees": 5000}, threads=1)
    work = TrainWork(spec, str(tmp_path / "in.parquet"))
    (tmp_path / "job.json").write_bytes(encode_job(JobFile(fingerprint(), 1, work)))
    child = start_child()
    child.stdin.write(f"{tmp_path}\n")
    child.stdin.flush()
    _wait_for_stage(tmp_path / "events.jsonl", b"Final fit")
    asked = time.monotonic()
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=5)
    assert time.monotonic() - asked < 5
    events, _ = decode_lines((tmp_path / "events.jsonl").read_bytes())
    assert events[-1] == Outcome("cancelled", events[-1].at)


def _wait_for_stage(path: Path, name: bytes) -> None:
    """Until the child has said that a stage began."""
    deadline = time.monotonic() + 60
    while not (path.exists() and b'"name":"' + name in path.read_bytes()):
        assert time.monotonic() < deadline, "the stage did not begin"


@pytest.mark.slow
def test_a_time_limit_ends_the_run_with_a_sentence(train_in_child, customers):
    spec = RunSpec("churned", "random_forest", params={"trees": 5000}, threads=1, time_limit_s=1.0)
    outcome = train_in_child(customers(20_000), spec).outcome
    assert outcome.error is not None
    assert "limit of 1 seconds" in outcome.error.message

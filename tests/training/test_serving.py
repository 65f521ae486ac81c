"""A child that answers single rows, for a form."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path

import pytest

from mlops_desktop.domain.messages import (
    ExportWork,
    JobFile,
    Listening,
    Outcome,
    ScoreWork,
    ServeWork,
    decode_lines,
    encode_job,
    fingerprint,
)
from mlops_desktop.domain.runs import RunSpec

ROW = {"age": 30, "plan": "pro", "member": None, "since": "2015-03-01"}


@pytest.fixture
def served(train, customers, start_child, tmp_path: Path):
    """Port of a child that serves a model with the token ``secret``; it is ended afterwards."""
    trained = train(customers(), RunSpec("churned", "linear"))
    folder = tmp_path / "serve"
    folder.mkdir()
    work = ServeWork(trained.model_files, "churn@1", "secret")
    (folder / "job.json").write_bytes(encode_job(JobFile(fingerprint(), 0, work)))
    child = start_child()
    assert child.stdin is not None
    child.stdin.write(f"{folder}\n")
    child.stdin.flush()
    yield _port(folder / "events.jsonl")
    child.terminate()
    child.communicate(timeout=5)
    events, _ = decode_lines((folder / "events.jsonl").read_bytes())
    assert isinstance(events[-1], Outcome)


def _port(path: Path) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if path.exists():
            for event in decode_lines(path.read_bytes())[0]:
                if isinstance(event, Listening):
                    return event.port
    raise AssertionError("the child does not listen")


def ask(port: int, row: dict[str, object], token: str = "secret") -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = json.dumps({"dataframe_records": [row]})
    connection.request("POST", "/invocations", body, {"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_a_row_is_answered_with_its_probabilities_and_notes(served):
    status, answer = ask(served, {**ROW, "plan": "family"})
    assert status == 200
    assert answer["predictions"][0] in ("yes", "no")
    assert sum(answer["probabilities"][0].values()) == pytest.approx(1.0)
    assert "plan: 1 value that training did not have (“family”)." in answer["notes"]
    assert ask(served, {**ROW, "age": "old"})[0] == 400
    assert ask(served, ROW, token="guess")[0] == 401


@pytest.mark.slow
def test_a_child_exports_and_scores(train, customers, run_child, tmp_path):
    files = train(customers(), RunSpec("churned", "linear")).model_files
    exported = run_child(ExportWork(files, "churn", 1, str(tmp_path / "out"))).outcome.exported
    assert exported is not None
    (tmp_path / "in.csv").write_text("age,plan,member,since\n30,pro,,2015-03-01\n")
    scored = run_child(
        ScoreWork(files, "churn@1", str(tmp_path / "in.csv"), str(tmp_path / "out.csv"))
    ).outcome.scored
    assert scored is not None
    assert scored.rows == 1

"""What the window says of a job that has ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from mlops_desktop.domain.errors import ErrorMessage
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.domain.models import ScoredFile
from mlops_desktop.gui.ended_jobs import ended_job, took_long
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.shell_lines import job_line

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def job(kind: str = "train", state: Any = "finished", **other: Any) -> JobRow:
    return JobRow(1, kind, "Train run 3", state, NOW, "ann", **other)


def test_a_job_that_was_cancelled_is_not_announced():
    assert ended_job(job(state="cancelled")) is None


def test_a_failure_says_why_and_leads_to_its_run():
    told = ended_job(job(state="failed", subject="run:3", error=ErrorMessage("training", "One class only.")))
    assert told is not None and told.failed
    assert (told.text, told.place) == ("Train run 3: One class only.", Place("runs", 3))


def test_a_scored_file_leads_to_its_folder():
    result = msgspec.msgpack.encode(ScoredFile("/out/scored.csv", 720, "rentals@2", 1.0, []))
    told = ended_job(job("score", result=result))
    assert told is not None and told.folder == Path("/out") and "720 rows" in told.text


def test_a_result_of_another_kind_is_told_by_the_title_of_its_job():
    told = ended_job(job("score", result=b"\xc0", subject="run:3"))
    assert told is not None and told.text == "Done: Train run 3"


def test_half_a_minute_is_long():
    assert took_long(job(started_at=NOW, finished_at=NOW + timedelta(seconds=31)))
    assert not took_long(job(started_at=NOW, finished_at=NOW + timedelta(seconds=3)))


def test_a_failed_job_offers_its_run_and_its_details():
    failed = job(state="failed", subject="run:3", error=ErrorMessage("training", "One class only."))
    assert [key for key, _ in job_line(failed).buttons] == ["show", "copy"]
    assert job_line(job(state="running", subject="run:3")).buttons == ()

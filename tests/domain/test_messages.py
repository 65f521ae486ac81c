"""What the service and its children say to each other."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import pytest

from mlops_desktop.domain import messages
from mlops_desktop.domain.errors import DamagedError, ErrorMessage, Where
from mlops_desktop.domain.messages import (
    JobFile,
    LogLine,
    MetricPoints,
    Outcome,
    Progress,
    TrainWork,
    decode_event,
    decode_job,
    decode_lines,
    encode_event,
    encode_job,
    fingerprint,
    now,
)
from mlops_desktop.domain.runs import Metric, RunFacts, RunSpec, Split

SAMPLES = Path(__file__).parents[1] / "samples/messages"


def test_nan_and_infinity_survive_a_line_of_json():
    points = [Metric("a", math.nan, 1), Metric("b", math.inf), Metric("c", -math.inf)]
    read = decode_event(encode_event(MetricPoints(points)))
    assert isinstance(read, MetricPoints)
    assert math.isnan(read.points[0].value)
    assert [p.value for p in read.points[1:]] == [math.inf, -math.inf]


def test_nan_within_the_facts_of_an_outcome_survives():
    read = decode_event(
        encode_event(Outcome("finished", now(), {"auc": math.nan}, RunFacts(fold_values={"auc": [math.nan]})))
    )
    assert isinstance(read, Outcome)
    assert read.facts is not None
    assert math.isnan(read.metrics["auc"])
    assert math.isnan(read.facts.fold_values["auc"][0])


def test_a_text_that_reads_nan_stays_text():
    line = LogLine(now(), "info", "nan")
    assert decode_event(encode_event(line)) == line


def test_every_digit_of_a_number_survives():
    value = 0.1 + 0.2
    read = decode_event(encode_event(MetricPoints([Metric("a", value)])))
    assert isinstance(read, MetricPoints)
    assert read.points[0].value == value


def test_an_unknown_field_is_refused():
    with pytest.raises(DamagedError, match="unknown field"):
        decode_event(b'{"is":"progress","fraction":0.5,"stage":"Folds","colour":"red"}')


def test_an_unknown_message_is_refused():
    with pytest.raises(DamagedError, match="can't be read"):
        decode_event(b'{"is":"greeting"}')


def test_a_line_without_its_end_is_left_for_the_next_read():
    whole = encode_event(Progress(0.5, "Folds"))
    events, taken = decode_lines(whole + whole[:-5])
    assert (len(events), taken) == (1, len(whole))


def test_a_damaged_line_is_named_by_its_number():
    with pytest.raises(DamagedError) as caught:
        decode_lines(encode_event(Progress(0.5, "Folds")) + b"\x00\x00\n")
    assert caught.value.where == Where(line=2)


def test_a_job_survives_its_file():
    spec = RunSpec(
        "y", params={"max_depth": None, "text": "1", "on": True}, split=Split("time", test_period="2012-10")
    )
    job = JobFile(fingerprint(), 3, TrainWork(spec, "/cache/ab.parquet"))
    assert decode_job(encode_job(job)) == job


def test_the_fingerprint_ignores_words_and_sees_fields():
    class One(msgspec.Struct):
        """A word."""

        name: str

    class Two(msgspec.Struct):
        """Another word."""

        name: str

    class Three(msgspec.Struct):
        """A word."""

        name: str
        more: int = 0

    prints = [messages.fingerprint_of(msgspec.defstruct("Same", _fields(kind))) for kind in (One, Two, Three)]
    assert prints[0] == prints[1] != prints[2]


def _fields(kind: type[msgspec.Struct]) -> list[tuple[str, type]]:
    return [(field.name, field.type) for field in msgspec.structs.fields(kind)]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.jsonl")), ids=lambda p: p.stem)
def test_messages_of_earlier_versions_can_still_be_read(path):
    events, taken = decode_lines(path.read_bytes())
    assert taken == path.stat().st_size
    assert isinstance(events[-1], Outcome)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda p: p.stem)
def test_jobs_of_earlier_versions_can_still_be_read(path):
    assert decode_job(path.read_bytes()).run_id > 0


def test_an_error_travels_whole_in_an_outcome():
    error = ErrorMessage("training", "No.", "Because.", "Do.", Where(row=3, column="age"))
    read = decode_event(encode_event(Outcome("failed", now(), error=error)))
    assert isinstance(read, Outcome)
    assert read.error == error

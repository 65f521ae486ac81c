"""What the service and its children say to each other: ``job.json`` and the lines of ``events.jsonl``.

A child gets a `JobFile`, appends one JSON document a line, and says an `Outcome` as its last message.
JSON has no NaN and no infinity: a number that is one of them is written as the text ``"nan"``, ``"inf"`` or
``"-inf"`` and is a number again once read. Both sides are closed to unknown fields.
"""

from __future__ import annotations

import hashlib
import math
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from .bundles import Runtime, SelfTest
from .errors import DamagedError, ErrorMessage, Where
from .imports import Spelling
from .models import ScoredFile
from .runs import Metric, RunFacts, RunSpec, RunWarning, Stage

CHILD_RECORD = "child.json"
"""Name of the file in a work's folder that says which child works there; written before the child is told."""

LogLevel = Literal["stage", "info", "warn", "error", "done"]


class _Message(msgspec.Struct, frozen=True, tag_field="is", forbid_unknown_fields=True, omit_defaults=True):
    """Common form: tagged by ``is``, closed to unknown fields."""


class InputColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column of the training input."""

    name: str
    """As the person wrote it."""
    stored: str
    """Its name in the Parquet file."""
    type: str = ""
    """Shown type of the data set's column; empty: taken from the file."""
    words: tuple[str, ...] = ()
    """Of yes and no: the person's word for no and the one for yes; empty: false and true."""
    spelling: Spelling | None = None
    """How the file that was imported last wrote its values, where not plainly."""


class TrainWork(_Message, frozen=True, tag="train"):
    """Train a model; what comes out goes to ``<run>/artifacts``."""

    spec: RunSpec
    input: str
    """Parquet file of the rows to train on."""
    columns: list[InputColumn] = []
    """Empty: the file's own columns under their own names."""


class ScoreWork(_Message, frozen=True, tag="score"):
    """Score a table."""

    model_files: dict[str, str]
    """Name of each artifact of kind ``model`` to the path of its bytes."""
    model: str
    """As shown: ``churn@2``."""
    input: str
    """CSV or Parquet, by the end of its name."""
    output: str
    """CSV or Parquet, by the end of its name."""
    columns: list[InputColumn] = []
    """For a Parquet input whose columns have other names in the file; empty: the file's own."""
    source_name: str = ""
    """Name of the person's file, which errors are about; empty: that of `input`."""


class ExportWork(_Message, frozen=True, tag="export"):
    """Build a bundle, and let it test itself."""

    model_files: dict[str, str]
    name: str
    """Of the model, as the person wrote it."""
    number: int
    folder: str
    """Where the bundle goes; must not exist, or be empty."""
    run_id: int = 0
    data: str = ""
    metrics: dict[str, float] = {}
    rows: str = ""
    """Parquet file of the training input, under its written names: ONNX is compared on its rows too."""
    runtime: Runtime = "fastest"
    """``own``: the library that trained the model, without trying ONNX."""


class ServeWork(_Message, frozen=True, tag="serve"):
    """Answer single rows over loopback until the child is ended; says `Listening` once it does."""

    model_files: dict[str, str]
    model: str
    token: str
    """What each request must carry as ``Authorization: Bearer``."""


Work = TrainWork | ScoreWork | ExportWork | ServeWork


class JobFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``job.json``: all that a child is told."""

    protocol: str
    """`fingerprint()` of who wrote it; a child of another protocol refuses."""
    run_id: int
    work: Work
    code: str = ""
    """Version of the service that wrote it, for the log."""


class StageStarted(_Message, frozen=True, tag="stage_started"):
    """A stage of the run began."""

    name: str
    at: datetime


class StageFinished(_Message, frozen=True, tag="stage_finished"):
    """A stage of the run ended well."""

    stage: Stage
    at: datetime


class Progress(_Message, frozen=True, tag="progress"):
    """How far the whole job is."""

    fraction: float
    """From 0 to 1."""
    stage: str
    seconds_left: float | None = None


class LogLine(_Message, frozen=True, tag="log"):
    """A line for people; also in ``log.txt``."""

    at: datetime
    level: LogLevel
    text: str


class MetricPoints(_Message, frozen=True, tag="metrics"):
    """A batch of metric values, in the order they came."""

    points: list[Metric]


class WarningSaid(_Message, frozen=True, tag="warning"):
    """Something a person should know."""

    warning: RunWarning


class ArtifactSaved(_Message, frozen=True, tag="artifact"):
    """A file of the run is whole and on disk."""

    name: str
    kind: str
    file: str
    """Plain name under ``<run>/artifacts``."""
    sha256: str
    size_bytes: int
    holds_rows: bool = False


class ResourceUse(_Message, frozen=True, tag="resources"):
    """What the child used lately."""

    at: datetime
    cpu_percent: float
    """100 is one core."""
    memory_bytes: int


class Listening(_Message, frozen=True, tag="listening"):
    """The child answers on this port of 127.0.0.1."""

    port: int


class ExportedFolder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bundle that was built and has tested itself."""

    folder: str
    file: str
    """Its one-file form."""
    sha256: str
    """Of the manifest, which holds the SHA-256 of every other file."""
    size_bytes: int
    self_test: SelfTest


class Outcome(_Message, frozen=True, tag="outcome"):
    """The last message of a child."""

    state: Literal["finished", "failed", "cancelled"]
    at: datetime
    metrics: dict[str, float] = {}
    facts: RunFacts | None = None
    error: ErrorMessage | None = None
    trace: str = ""
    """Of a failure that nobody expected."""
    scored: ScoredFile | None = None
    exported: ExportedFolder | None = None


Event = (
    StageStarted
    | StageFinished
    | Progress
    | LogLine
    | MetricPoints
    | WarningSaid
    | ArtifactSaved
    | ResourceUse
    | Listening
    | Outcome
)
"""One line of ``events.jsonl``."""

_EVENT_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event, strict=False)
_JOB_DECODER = msgspec.json.Decoder(JobFile, strict=False)


def now() -> datetime:
    """The present time, UTC."""
    return datetime.now(UTC)


def encode_event(event: Event) -> bytes:
    r"""One line of ``events.jsonl``, with its line end.

    Examples
    --------
    >>> encode_event(MetricPoints([Metric("auc", float("nan"))]))
    b'{"is":"metrics","points":[{"name":"auc","value":"nan","step":null,"at":null}]}\n'
    """
    return msgspec.json.encode(_finite(msgspec.to_builtins(event))) + b"\n"


def decode_event(line: bytes) -> Event:
    """The message in `line`.

    Raises
    ------
    DamagedError
        The line is no message of this protocol.
    """
    try:
        return _EVENT_DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedError("A message of a run can't be read.", reason=str(error)) from error


def decode_lines(data: bytes, first_line: int = 1) -> tuple[list[Event], int]:
    """The whole lines at the start of `data`, and how many bytes they take.

    A line that has no end yet is still being written and is left for the next read.

    Raises
    ------
    DamagedError
        A whole line is no message; `where` has its number, counted from `first_line`.
    """
    end = data.rfind(b"\n") + 1
    events: list[Event] = []
    for number, line in enumerate(data[:end].splitlines(), first_line):
        try:
            events.append(decode_event(line))
        except DamagedError as error:
            raise DamagedError(error.message, reason=error.reason, where=Where(line=number)) from error
    return events, end


def encode_job(job: JobFile) -> bytes:
    """The bytes of ``job.json``."""
    return msgspec.json.format(msgspec.json.encode(_finite(msgspec.to_builtins(job))), indent=1) + b"\n"


def decode_job(data: bytes) -> JobFile:
    """The job in the bytes of ``job.json``.

    Raises
    ------
    DamagedError
        They are no job of this protocol.
    """
    try:
        return _JOB_DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedError("job.json can't be read.", reason=str(error)) from error


def fingerprint() -> str:
    """16 hexadecimal digits that change when a message changes its form, and only then."""
    return fingerprint_of(JobFile, Event)


def fingerprint_of(*types: object) -> str:
    """The same of any types; their docstrings don't count."""
    _, parts = msgspec.json.schema_components(types)
    return hashlib.sha256(msgspec.json.encode(_bare(parts), order="deterministic")).hexdigest()[:16]


def _bare(schema: Any) -> Any:
    """`schema` without its descriptions."""
    if isinstance(schema, dict):
        return {str(k): _bare(v) for k, v in schema.items() if k != "description"}
    if isinstance(schema, list):
        return [_bare(item) for item in schema]
    return schema


def _finite(value: Any) -> Any:
    """`value` with each NaN and infinity as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value

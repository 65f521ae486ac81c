"""The child process: waits warm for one job, does it, and exits.

It reads one line from standard input, the path of a run's folder, and never reads again; while idle it ends
when standard input does. It loads ``<run>/job.json``, appends to ``<run>/events.jsonl`` and ``<run>/log.txt``,
writes to ``<run>/artifacts``, and its last message is the `Outcome`.

Exit status: 0 finished, 1 failed, 3 cancelled, 2 no job could be read, 70 a bug.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path

import msgspec

from mlops_desktop.domain.errors import BusyError, DamagedError, ErrorMessage, UserError, to_message
from mlops_desktop.domain.messages import (
    ExportWork,
    JobFile,
    LogLine,
    Outcome,
    ScoreWork,
    ServeWork,
    TrainWork,
    decode_job,
    fingerprint,
    now,
)
from mlops_desktop.system import resource_error
from mlops_desktop.training.reporting import Reporter
from mlops_desktop.training.stopping import EXIT_FAILED, Watch

WARM = (
    "lightgbm",
    "skops.io",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "mlops_desktop.training.run_training",
)
EXIT_NO_JOB = 2
EXIT_BUG = 70


def main() -> int:
    """Wait for a job and do it; the exit status."""
    warm_up()
    line = sys.stdin.buffer.readline().rstrip(b"\r\n")
    if not line:
        return 0
    folder = Path(os.fsdecode(line))
    try:
        reporter = Reporter(folder)
    except OSError as error:
        sys.stderr.write(f"The run's folder can't be written: {error}\n")
        return EXIT_NO_JOB
    return run_job(folder, reporter)


def warm_up() -> None:
    """Import what a training needs, so that it is there when the job comes."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    # a thread that waits for another should sleep, not spin: beside other work spinning costs tenfold
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for name in WARM:
        importlib.import_module(name)


def run_job(folder: Path, reporter: Reporter) -> int:
    """Do the job in `folder`; says the outcome whatever happens, and gives the exit status."""
    try:
        job = read_job(folder)
        watch = _watch(job, reporter)
        watch.start()
        outcome = _do(job, reporter, watch)
        status = 0
    except UserError as error:
        reporter.log("error", str(error))
        outcome, status = Outcome("failed", now(), error=to_message(error)), EXIT_FAILED
    except MemoryError:
        message = ErrorMessage("resource", "Memory ran out.", remedy="Train on fewer rows or columns.")
        outcome, status = Outcome("failed", now(), error=message), EXIT_FAILED
    except Exception as error:  # noqa: BLE001  whatever a library raises must end in an outcome, with its trace
        told = resource_error(error, _named(error, folder)) if isinstance(error, OSError) else None
        if told is not None:
            outcome, status = Outcome("failed", now(), error=to_message(told)), EXIT_FAILED
        else:
            outcome, status = _bug(error, reporter), EXIT_BUG
    reporter.end(outcome)
    return status


def _named(error: OSError, folder: Path) -> Path:
    """The file that `error` is about; a write into an open one doesn't say which of the job's it was."""
    return (
        Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else folder / "its files"
    )


def _bug(error: Exception, reporter: Reporter) -> Outcome:
    trace = traceback.format_exc()
    reporter.say(LogLine(now(), "error", trace))
    message = ErrorMessage("bug", "Something unexpected went wrong.", f"{type(error).__name__}: {error}")
    return Outcome("failed", now(), error=message, trace=trace)


def read_job(folder: Path) -> JobFile:
    """The job of the run in `folder`.

    Raises
    ------
    DamagedError
        ``job.json`` is missing or can't be read.
    BusyError
        It was written by another version.
    """
    try:
        job = decode_job((folder / "job.json").read_bytes())
    except OSError as error:
        raise DamagedError("The run has no job.json.", reason=str(error)) from error
    if job.protocol != fingerprint():
        raise BusyError(
            "The job was written by another version.",
            reason=f"It says {job.protocol}, this is {fingerprint()}.",
            remedy="Start it again.",
        )
    return job


def _watch(job: JobFile, reporter: Reporter) -> Watch:
    if isinstance(job.work, TrainWork):
        return Watch(reporter, job.work.spec.time_limit_s, job.work.spec.memory_limit_bytes)
    return Watch(reporter)


def _do(job: JobFile, reporter: Reporter, watch: Watch) -> Outcome:
    """The job's own outcome."""
    match job.work:
        case TrainWork() as work:
            from mlops_desktop.training.run_training import Training

            metrics, facts = Training(work, reporter).run()
            facts = msgspec.structs.replace(facts, peak_memory_bytes=watch.peak())
            return Outcome("finished", now(), metrics, facts)
        case ScoreWork() as work:
            from mlops_desktop.training.scoring import score_table

            return Outcome("finished", now(), scored=score_table(work, reporter))
        case ExportWork() as work:
            from mlops_desktop.training.exporting import export_bundle

            return Outcome("finished", now(), exported=export_bundle(work, reporter))
        case ServeWork() as work:
            from mlops_desktop.training.serving import serve_model

            serve_model(work, reporter)
            return Outcome("finished", now())


if __name__ == "__main__":
    sys.exit(main())

"""One facade, whatever carries its calls; and a verb is one method, nothing else."""

from __future__ import annotations

import asyncio
import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from mlops_desktop.client import Remote
from mlops_desktop.domain.errors import ConflictError, InvalidInputError, NotFoundError, RefusedError
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.domain.wire import Answer, Envelope, Reply
from mlops_desktop.project.project import Project
from mlops_desktop.project.protocol import protocol
from mlops_desktop.project.verb import VERBS, verb
from mlops_desktop.service.host import Host
from mlops_desktop.service.http import Wire
from mlops_desktop.service.local import Local
from mlops_desktop.store.session import Caller

from ..running import ROOT, Service

GREETINGS = [sys.executable, str(ROOT / "tests/project/greetings.py")]
TYPED_SCRIPT = ROOT / "tests/samples/typed/script.py"

Post = Callable[[str, bytes], bytes]
Write = Callable[..., str]


class InProcess:
    """Carries calls to a service in this process: all of the wire but its socket."""

    def __init__(self, host: Host) -> None:
        self.wire = Wire(host, protocol())

    def post(self, verb: str, body: bytes) -> bytes:
        return msgspec.msgpack.encode(asyncio.run(self.wire.reply(verb, body)))

    def close(self) -> None:
        self.wire.close()


@pytest.fixture(params=["local", "in process", "socket"])
def any_project(request: pytest.FixtureRequest) -> Iterator[Project]:
    """The same project on each backend."""
    if request.param == "socket":
        yield request.getfixturevalue("service").project()
        return
    host: Host = request.getfixturevalue("host")
    caller = Caller("ann", "window-1")
    backend = (
        Local(host, caller)
        if request.param == "local"
        else Remote(InProcess(host), caller.client, caller.actor)
    )
    with Project(backend) as project:
        yield project


@pytest.fixture
def transport(host: Host) -> Iterator[InProcess]:
    carried = InProcess(host)
    yield carried
    carried.close()


def asked(request_id: str, verb: str, **arguments: object) -> bytes:
    packed = VERBS[verb].pack_arguments(arguments)
    return msgspec.msgpack.encode(Envelope(request_id, "window-1", "ann", protocol(), packed))


def answered(reply: bytes, kind: type[object]) -> object:
    decoded = msgspec.msgpack.decode(reply, type=Reply)
    assert isinstance(decoded, Answer), decoded
    return msgspec.msgpack.decode(decoded.result, type=kind)


# ------------------------------------------------------------------------------------------- one facade


def test_every_backend_gives_the_same_answers(any_project: Project, write: Write) -> None:
    project, file = any_project, write("bikes.csv", "hour,rentals,zip", "0,16,00731", "1,40,")
    version = project.datasets.import_file(file, target="rentals").wait(30)
    assert (version.ref, version.rows, version.created_by) == ("bikes@1", 2, "ann")
    assert list(project.datasets.rows("bikes").rows()) == [(0, 16, "00731"), (1, 40, None)]
    project.datasets.rename("bikes", "rentals")
    assert [d.name for d in project.datasets.list()] == ["rentals"]
    with project.runs.log("mine", tags=["night"]) as run:
        run.metric("loss", math.nan, step=1)
        run.metric("loss", -math.inf, step=2)
    values = [m.value for m in project.runs.metrics(run.run_id, "loss")]
    assert math.isnan(values[0]) and values[1] == -math.inf
    newest = project.activity.list(limit=1)[0]
    assert (newest.actor, newest.client) == ("ann", "window-1")


def test_every_backend_raises_the_same_errors(any_project: Project, write: Write) -> None:
    with pytest.raises(NotFoundError, match="nothing") as missing:
        any_project.datasets.show("nothing")
    assert missing.value.code == "not_found"
    with pytest.raises(InvalidInputError):
        any_project.datasets.rename("nothing", "")
    project, file = any_project, write("bikes.csv", "a,b", "1,2")
    project.datasets.import_file(file).wait(30)
    with pytest.raises(NotFoundError) as wrong:
        project.datasets.set_role("bikes", "speed", "target")
    assert wrong.value.where.column == "speed" or "speed" in wrong.value.message
    failing = project.datasets.import_file(write("empty.csv"))
    with pytest.raises(InvalidInputError, match="empty"):
        failing.wait(30)


def test_every_backend_undoes_only_what_the_same_client_did(any_project: Project) -> None:
    any_project.rename("first")
    any_project.rename("second")
    any_project.activity.undo()
    assert any_project.status().name == "first"
    any_project.activity.redo()
    assert any_project.status().name == "second"


def test_every_backend_tells_the_news(any_project: Project) -> None:
    before = any_project.activity.wait(timeout_s=0)
    any_project.rename("told")
    news = any_project.activity.wait(before.last, before.instance, timeout_s=10)
    assert not news.reset and "meta" in {topic for event in news.events for topic in event.topics}


def test_a_relative_path_means_the_callers_folder(
    any_project: Project, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(write("near.csv", "a", "1")).parent)
    assert any_project.datasets.import_file("near.csv").wait(30).rows == 1


# --------------------------------------------------------------------------------------- done once


def test_a_request_that_comes_twice_is_done_once(project: Project, transport: InProcess) -> None:
    body = asked("one", "runs.begin_log", name="mine")
    assert transport.post("runs.begin_log", body) == transport.post("runs.begin_log", body)
    assert len(project.runs.list()) == 1
    transport.post("runs.begin_log", asked("two", "runs.begin_log", name="mine"))
    assert len(project.runs.list()) == 2


def test_a_job_that_is_asked_for_twice_is_begun_once(
    project: Project, transport: InProcess, write: Write
) -> None:
    file = write("bikes.csv", "a", "1")
    body = asked("one", "datasets.import_file", file=file)
    first, second = (answered(transport.post("datasets.import_file", body), JobRow) for _ in range(2))
    assert isinstance(first, JobRow) and isinstance(second, JobRow)
    assert first.job_id == second.job_id and len(project.jobs.list()) == 1
    asyncio.run(transport.wire.reply("jobs.wait", asked("x", "jobs.wait", job=first.job_id, timeout_s=20)))
    assert [v.ref for v in project.datasets.versions("bikes")] == ["bikes@1"]


def test_a_request_that_failed_may_come_again(project: Project, transport: InProcess) -> None:
    body = asked("one", "runs.rename", run=1, name="good")
    assert b"not_found" in transport.post("runs.rename", body)
    project.runs.begin_log("mine")
    transport.post("runs.rename", body)
    assert project.runs.show(1).name == "good"


# ------------------------------------------------------------------------------------- what travels


def test_an_argument_of_another_type_is_refused_with_its_name(transport: InProcess) -> None:
    reply = transport.post("datasets.list", asked("one", "datasets.list", trashed="yes"))
    assert b"trashed" in reply and b"invalid_input" in reply


@pytest.mark.parametrize("body", [b"", b"\x00", b"not msgpack at all", b"\xff" * 100])
def test_bytes_that_are_no_request_are_refused(transport: InProcess, body: bytes) -> None:
    assert b"invalid_input" in transport.post("status", body)


def test_a_verb_that_is_not_there_is_said(transport: InProcess) -> None:
    body = msgspec.msgpack.encode(Envelope("one", "w", "ann", protocol(), b"\x80"))
    assert b"There is no verb" in transport.post("datasets.explode", body)


def test_without_the_right_nothing_happens(host: Host) -> None:
    looking = Project(Local(host, Caller("guest", "window-3"), right="view"))
    assert looking.status().name == "churn"
    with pytest.raises(RefusedError, match="guest may not do rename"):
        looking.rename("mine")
    assert looking.status().name == "churn"


def test_a_right_that_is_none_does_not_import() -> None:
    with pytest.raises(ValueError, match="unknown right"):
        verb(right="write")  # type: ignore[arg-type]


def test_a_verb_that_fails_leaves_nothing(project: Project, host: Host) -> None:
    run = project.runs.begin_log("mine")
    before = project.activity.list()
    with pytest.raises((ConflictError, NotFoundError, InvalidInputError)):
        project.runs.trash([run.run_id, 99])
    assert project.activity.list() == before and not project.runs.list(trashed=True)


# ------------------------------------------------------------------------------------- a verb more


@pytest.fixture
def greeting_service(project_folder: Path) -> Iterator[Service]:
    """The service of the program with one verb more."""
    running = Service(project_folder, [*GREETINGS, "service", str(project_folder)]).start()
    yield running
    running.close()


def greeting(*words: str, folder: Path | None = None) -> str:
    options = [] if folder is None else ["--project", str(folder)]
    done = subprocess.run([*GREETINGS, *words, *options], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_new_verb_is_in_http_client_command_line_record_and_help(greeting_service: Service) -> None:
    folder = greeting_service.folder
    said = greeting("greetings", "say-hello", "Ann", "--times", "2", "--json", folder=folder)
    assert json.loads(said) == ["Hello Ann", "Hello Ann"]
    assert greeting("script", str(folder)) == "Hello Bob\nHello Bob\n"
    changes = json.loads(greeting("activity", "list", "--json", folder=folder))
    assert [(c["verb"], c["summary"], c["arguments"]) for c in changes[:2]] == [
        ("greetings.say_hello", "Greeted Bob", '{"name":"Bob","times":2}'),
        ("greetings.say_hello", "Greeted Ann", '{"name":"Ann","times":2}'),
    ]
    page = greeting("greetings", "say-hello", "--help")
    assert "Greet somebody and write it down." in page and "How often." in page
    assert "mlops-desktop greetings say-hello churn" in page


def test_a_type_checker_knows_what_a_script_gets() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, str(TYPED_SCRIPT)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert checked.returncode == 0 and "0 errors" in checked.stdout, checked.stdout + checked.stderr

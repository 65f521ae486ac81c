"""Opening a project whose database was damaged, is older, can't be written, or was written under a clock that was set back."""

from __future__ import annotations

import os
import random
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from mlops_desktop.domain.errors import BusyError, DamagedError, NotFoundError, UserError
from mlops_desktop.project.project import Project
from mlops_desktop.service.host import Host
from mlops_desktop.store.database import Store, create
from mlops_desktop.store.migrate import FORMAT, format_of, steps
from mlops_desktop.store.session import Caller
from mlops_desktop.store.times import now
from mlops_desktop.system import CRASH_VARIABLE

from ..running import ROOT, TRAINABLE, Service

LOG = "project.duckdb.wal"
CHANGES = 30
KILLED_WRITER = f"""
import os, sys
from pathlib import Path
from mlops_desktop.service.host import Host
from mlops_desktop.project.project import Project
from mlops_desktop.store.session import Caller
project = Project(Host(Path(sys.argv[1])).local(Caller("ann", "window")))
for number in range({CHANGES}):
    project.rename(f"name {{number}}")
os.kill(os.getpid(), 9)
"""
WITHOUT_OVERRULE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--"]
CAN_BE_REFUSED = hasattr(os, "geteuid") and (os.geteuid() != 0 or shutil.which("setpriv") is not None)

Damage = Callable[[bytes], bytes]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an empty project, which lies in one with a name that sounds like an error."""
    made = tmp_path / "workspace lock" / "churn.mlops"
    create(made, lambda session: session.project.begin("churn"))
    return made


@pytest.fixture(scope="module")
def killed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose owner was killed with thirty changes in its log; copied, never opened."""
    folder = tmp_path_factory.mktemp("killed") / "churn.mlops"
    create(folder, lambda session: session.project.begin("churn"))
    done = subprocess.run([sys.executable, "-c", KILLED_WRITER, str(folder)], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    assert (folder / LOG).stat().st_size > 10_000
    return folder


@pytest.fixture
def killed(killed_once: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(killed_once, tmp_path / "killed.mlops")


def opened(folder: Path) -> tuple[int, list[str], list[str], list[str]]:
    """Changes that are there, what was said on opening, what doctor finds wrong, and what it notes."""
    host = Host(folder)
    project = Project(host.local(Caller("bob", "w")))
    try:
        found = project.doctor().findings
        renames = [c for c in project.activity.list() if c.verb == "rename"]
        project.rename("works")
        return (
            len(renames),
            [c.summary for c in project.activity.list() if c.verb == "service.open"],
            [f.what for f in found if f.severity == "error"],
            [f.what for f in found if f.severity == "note"],
        )
    finally:
        host.close()


# ------------------------------------------------------------------------------------------ a damaged log


def test_every_change_that_was_acknowledged_is_there_after_a_kill(killed: Path) -> None:
    assert opened(killed) == (CHANGES, [], [], [])


def test_a_log_that_just_ends_early_opens_without_its_last_transaction(killed: Path) -> None:
    os.truncate(killed / LOG, (killed / LOG).stat().st_size - 20)
    assert opened(killed) == (CHANGES - 1, [], [], [])


@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        (lambda data: data[:-500] + bytes(500), range(CHANGES - 3, CHANGES)),
        (lambda data: data[:-500] + bytes(range(250)) * 2, range(CHANGES - 3, CHANGES)),
        (lambda data: data + bytes(4096), range(CHANGES, CHANGES + 1)),
        (lambda data: data[: len(data) // 2] + b"\xff" * 40 + data[len(data) // 2 + 40 :], range(5, CHANGES)),
    ],
    ids=["zeroed tail", "garbage tail", "zeros behind it", "garbage in the middle"],
)
def test_a_damaged_log_is_cut_kept_aside_and_said(killed: Path, damage: Damage, kept: range) -> None:
    damaged = damage((killed / LOG).read_bytes())
    (killed / LOG).write_bytes(damaged)
    changes, said, errors, notes = opened(killed)
    assert changes in kept and errors == []
    assert len(said) == 1 and "log was damaged" in said[0] and f"{LOG}.damaged-1" in said[0]
    assert (killed / f"{LOG}.damaged-1").read_bytes() == damaged
    assert [n for n in notes if f"{LOG}.damaged-1" in n]
    assert opened(killed)[1] == said  # said once, and kept in Activity


@pytest.mark.slow
def test_whatever_is_wrong_with_a_log_the_changes_before_it_are_there_and_in_order(
    killed_once: Path, tmp_path: Path
) -> None:
    seed = int(os.environ.get("MLOPS_SEED", random.SystemRandom().randrange(10**6)))
    print(f"seed {seed}")
    dice, log = random.Random(seed), (killed_once / LOG).read_bytes()
    for number in range(60):
        folder = shutil.copytree(killed_once, tmp_path / f"{number}.mlops")
        (folder / LOG).write_bytes(damaged_somewhere(log, dice))
        store = Store(folder)
        with store.reading() as session:
            names = [
                c.summary.split()[-1]
                for c in reversed(session.changes.newest(limit=100))
                if c.verb == "rename"
            ]
            assert names == [str(n) for n in range(len(names))]
            assert session.changes.verify() == []
        store.close()
        shutil.rmtree(folder)


def damaged_somewhere(log: bytes, dice: random.Random) -> bytes:
    """The log cut, with a bit turned, or with some bytes replaced, zeroed, lost or doubled."""
    at, length = dice.randrange(len(log)), dice.randrange(1, 5000)
    damages = {
        "cut": log[:at],
        "turned": log[:at] + bytes([log[at] ^ 1 << dice.randrange(8)]) + log[at + 1 :],
        "replaced": (log[:at] + dice.randbytes(length) + log[at + length :])[: len(log)],
        "zeroed": (log[:at] + bytes(length) + log[at + length :])[: len(log)],
        "lost": log[:at] + log[at + length :],
        "doubled": log[: at + length] + log[at:],
    }
    kind = dice.choice(list(damages))
    print(f"{kind} at {at}, {length} bytes")
    return damages[kind]


def test_a_second_damage_is_kept_beside_the_first(killed: Path) -> None:
    (killed / f"{LOG}.damaged-1").write_bytes(b"of last year")
    (killed / LOG).write_bytes((killed / LOG).read_bytes() + bytes(4096))
    opened(killed)
    assert (killed / f"{LOG}.damaged-1").read_bytes() == b"of last year"
    assert (killed / f"{LOG}.damaged-2").exists()


@pytest.mark.parametrize("name", [LOG, f"{LOG}.checkpoint", f"{LOG}.recovery"])
def test_a_log_that_is_a_link_is_not_followed(killed: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside.wal"
    outside.write_bytes((killed / LOG).read_bytes() + bytes(4096))
    (killed / name).unlink(missing_ok=True)
    (killed / name).symlink_to(outside)
    before = outside.read_bytes()
    with pytest.raises(UserError, match="is a link"):
        Store(killed)
    assert outside.read_bytes() == before


@pytest.mark.parametrize("place", [0, 4096, 8192 + 100])
def test_a_damaged_database_is_said_by_what_it_is_and_not_touched(folder: Path, place: int) -> None:
    data = bytearray((folder / "project.duckdb").read_bytes())
    data[place : place + 4000] = b"\xaa" * 4000
    (folder / "project.duckdb").write_bytes(data)
    with pytest.raises(DamagedError, match="can't be opened"):
        Store(folder)
    assert (folder / "project.duckdb").read_bytes() == bytes(data)


# ------------------------------------------------------------------------------------------- other formats


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A project of format 2."""
    folder = tmp_path / "older.mlops"
    folder.mkdir()
    connection = duckdb.connect(str(folder / "project.duckdb"))
    for number, sql in steps():
        if number <= 2:
            connection.execute(sql)
    connection.execute("insert into meta values ('format', '2'), ('name', 'old'), ('project_id', 'p')")
    connection.execute("insert into model_version values (1, 1, 7, 'why', '2026-01-01', 'ann')")
    connection.close()
    return folder


def test_an_older_format_is_migrated_on_a_copy_and_kept(older: Path) -> None:
    before = (older / "project.duckdb").read_bytes()
    (older / ".project.duckdb.migrating").write_bytes(b"of a migration that was killed")
    host = Host(older)
    with host.store.reading() as session:
        assert session.project.format == FORMAT and session.project.name == "old"
        assert session.row("model_version", [1, 1]) is not None
        assert "from format 2" in session.changes.newest()[0].summary
    host.close()
    assert (older / "project.duckdb.format-2").read_bytes() == before
    assert not (older / ".project.duckdb.migrating").exists()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("passage", [1, 2], ids=["as the old one is kept", "as the new one takes its place"])
def test_a_migration_that_is_killed_begins_again_or_was_done(older: Path, passage: int, moment: str) -> None:
    before = (older / "project.duckdb").read_bytes()
    opening = "import sys; from pathlib import Path; from mlops_desktop.store.database import Store; Store(Path(sys.argv[1]))"
    armed = os.environ | {CRASH_VARIABLE: f"publish.rename:{moment}:{passage}"}
    done = subprocess.run([sys.executable, "-c", opening, str(older)], cwd=ROOT, env=armed)
    assert done.returncode != 0
    host = Host(older)
    with host.store.reading() as session:
        assert session.project.format == FORMAT and session.row("model_version", [1, 1]) is not None
    host.close()
    assert (older / "project.duckdb.format-2").read_bytes() == before
    assert not (older / ".project.duckdb.migrating").exists()


def test_a_newer_format_is_refused_without_a_change(folder: Path) -> None:
    connection = duckdb.connect(str(folder / "project.duckdb"))
    connection.execute("update meta set value = '99' where name = 'format'")
    connection.close()
    with pytest.raises(BusyError, match="format 99, and this version knows formats up to"):
        Store(folder)
    again = duckdb.connect(str(folder / "project.duckdb"))  # let go, not held by the one that refused
    assert format_of(again) == 99
    again.close()


def test_a_database_of_a_newer_duckdb_is_refused_as_newer_and_not_as_damaged(folder: Path) -> None:
    data = bytearray((folder / "project.duckdb").read_bytes())
    data[12:20] = (999).to_bytes(8, "little")
    data[:8] = checksum_of(data[8:4096]).to_bytes(8, "little")
    (folder / "project.duckdb").write_bytes(data)
    with pytest.raises(BusyError, match=r"another version of DuckDB.*999"):
        Store(folder)
    assert (folder / "project.duckdb").read_bytes() == bytes(data)


def checksum_of(block: bytes) -> int:
    """As DuckDB's ``Checksum`` computes it for a block of whole words."""
    result = 5381
    for (word,) in struct.iter_unpack("<Q", block):
        result ^= word * 0xBF58476D1CE4E5B9 % 2**64
    return result


@pytest.mark.parametrize("sql", ["create table t (a int)", "create table meta (a int)"])
def test_a_database_of_another_program_is_no_project_and_left_alone(tmp_path: Path, sql: str) -> None:
    connection = duckdb.connect(str(tmp_path / "project.duckdb"))
    connection.execute(sql)
    connection.close()
    before = (tmp_path / "project.duckdb").read_bytes()
    with pytest.raises(NotFoundError, match=r"is no project.*another program"):
        Store(tmp_path)
    assert (tmp_path / "project.duckdb").read_bytes() == before


def test_a_format_that_is_no_number_is_said(folder: Path) -> None:
    connection = duckdb.connect(str(folder / "project.duckdb"))
    connection.execute("update meta set value = 'three' where name = 'format'")
    connection.close()
    with pytest.raises(DamagedError, match="three"):
        Store(folder)


# --------------------------------------------------------------------------------------- odd circumstances


@pytest.mark.skipif(not CAN_BE_REFUSED, reason="takes another user than root, or setpriv")
@pytest.mark.parametrize("closed", ["folder", "database"])
def test_a_project_that_can_not_be_written_is_said_in_a_sentence(folder: Path, closed: str) -> None:
    path = folder if closed == "folder" else folder / "project.duckdb"
    path.chmod(0o500 if path.is_dir() else 0o400)
    drop = WITHOUT_OVERRULE if os.geteuid() == 0 else []
    command = [sys.executable, "-m", "mlops_desktop", "status", "--project", str(folder)]
    done = subprocess.run([*drop, *command], cwd=ROOT, capture_output=True, text=True, timeout=60)
    path.chmod(0o700)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr and "can't be" in done.stderr, done.stderr


def test_a_clock_that_was_set_back_leaves_order_and_chain(folder: Path) -> None:
    host = Host(folder)
    project = Project(host.local(Caller("ann", "window")))
    with host.store.writing(Caller("ann", "window", "request of tomorrow")) as session:
        session.project.rename("tomorrow")
        session.changes.record("rename", {}, now() + timedelta(days=1), undoable=True)
        session.project.keep_answer("request of tomorrow", b"\xc0")
    project.rename("today")
    assert [c.summary for c in project.activity.list()][:2] == [
        "Renamed the project to today",
        "Renamed the project to tomorrow",
    ]
    project.activity.undo()
    project.activity.undo()
    assert project.status().name == "churn" and project.doctor().whole
    host.close()


def test_a_backup_opens_as_a_project_that_is_whole(folder: Path, tmp_path: Path) -> None:
    host = Host(folder)
    project = Project(host.local(Caller("ann", "window")))
    (tmp_path / "table.csv").write_text(TRAINABLE)
    project.datasets.import_file(str(tmp_path / "table.csv"), target="sold").wait(30)
    project.backup(str(tmp_path / "backup.mlops")).wait(30)
    project.datasets.trash("table")
    host.close()
    restored = Host(tmp_path / "backup.mlops")
    again = Project(restored.local(Caller("ann", "window")))
    assert again.doctor().whole and again.datasets.rows("table").total_rows == 240
    restored.close()


@pytest.mark.slow
def test_a_project_copied_while_its_service_runs_opens_as_its_own(service: Service, tmp_path: Path) -> None:
    service.project().rename("original")
    service.kill()  # with its notice and its lock file left behind
    shutil.copytree(service.folder, tmp_path / "copy.mlops")
    copy = Service(tmp_path / "copy.mlops").start()
    try:
        service.start()
        copy.project().rename("copy")
        assert service.project("window-2").status().name == "original"
        assert copy.project().doctor().whole
    finally:
        copy.close()


@pytest.mark.slow
def test_a_project_that_was_moved_is_whole_and_goes_on_there(service: Service, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TRAINABLE)
    table, project = str(tmp_path / "table.csv"), service.project()
    project.datasets.import_file(table, "table", target="sold").wait(30)
    project.runs.start("table", algorithm="baseline").wait(30)
    project.models.register(1, "model")
    service.terminate()
    there = tmp_path / "another folder" / "Ümläut.mlops"
    there.parent.mkdir()
    shutil.move(service.folder, there)
    moved = Service(there).start()
    try:
        project = moved.project("window-2")
        assert project.doctor().whole and project.datasets.rows("table").total_rows == 240
        project.models.score("model@1", table, str(tmp_path / "scored.csv")).wait(30)
        assert len((tmp_path / "scored.csv").read_text().splitlines()) == 241
        assert project.datasets.import_file(table, "table").wait(30).number == 2
        assert not service.folder.exists()
    finally:
        moved.close()

"""The database: one place that commits, one owner, a format that is known, a copy that opens as its own."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from mlops_desktop.domain.errors import BusyError, DamagedError, NotFoundError
from mlops_desktop.store.database import Store, create, transaction
from mlops_desktop.store.migrate import FORMAT, dump, migrate, steps
from mlops_desktop.store.session import Caller

SCHEMA = Path(__file__).with_name("schema.sql")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an empty project."""
    made = tmp_path / "churn.mlops"
    create(made, lambda session: session.project.begin("churn"))
    return made


def test_a_commit_after_a_failed_statement_raises_and_changes_nothing() -> None:
    connection = duckdb.connect()
    connection.execute("create table t (a integer)")
    cursor = connection.cursor()
    with pytest.raises(duckdb.Error), transaction(cursor):
        cursor.execute("insert into t values (1)")
        with contextlib.suppress(duckdb.Error):  # on purpose: the commit must not go through
            cursor.execute("insert into t values ('no number')")
    assert connection.execute("select count(*) from t").fetchone() == (0,)


def test_the_first_error_is_the_one_that_is_raised(folder: Path) -> None:
    store = Store(folder)
    with pytest.raises(ZeroDivisionError), store.writing() as session:
        session.project.rename("other")
        raise ZeroDivisionError
    with store.reading() as session:
        assert session.project.name == "churn"
    store.close()


def test_the_checked_in_schema_is_what_the_migrations_make() -> None:
    connection = duckdb.connect()
    migrate(connection)
    assert dump(connection) == SCHEMA.read_text(encoding="utf-8")


def test_the_steps_are_numbered_without_a_gap_up_to_the_format() -> None:
    assert [number for number, _ in steps()] == list(range(1, FORMAT + 1))


def test_a_newer_format_is_refused_by_its_number_and_left_alone(folder: Path) -> None:
    store = Store(folder)
    with store.writing() as session:
        session.update("meta", ["format"], value=str(FORMAT + 5))
    store.close()
    with pytest.raises(BusyError, match=f"format {FORMAT + 5}"):
        Store(folder)


def test_a_second_process_is_refused_while_the_first_has_it_open(folder: Path) -> None:
    store = Store(folder)
    script = (
        "import sys; from pathlib import Path; from mlops_desktop.store.database import Store\n"
        "try: Store(Path(sys.argv[1]))\nexcept Exception as error: print(type(error).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True)
    store.close()
    assert done.stdout.strip() == "BusyError"


def test_garbage_instead_of_a_database_is_said_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "project.duckdb").write_bytes(b"no database at all" * 1000)
    with pytest.raises(DamagedError):
        Store(tmp_path)
    assert (tmp_path / "project.duckdb").read_bytes().startswith(b"no database")


def test_a_folder_without_a_database_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        Store(tmp_path)


def test_a_copied_project_opens_as_its_own(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy.mlops")
    one, two = Store(folder), Store(tmp_path / "copy.mlops")
    with two.writing(Caller("ann", "a")) as session:
        session.project.rename("copy")
    with one.reading() as session:
        assert session.project.name == "churn"
    one.close()
    two.close()


def test_a_backup_has_every_row(folder: Path, tmp_path: Path) -> None:
    store = Store(folder)
    store.backup(tmp_path / "copy.duckdb")
    store.close()
    copy = duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True)
    assert copy.execute("select value from meta where name = 'name'").fetchone() == ("churn",)
    copy.close()


def test_times_are_utc_on_every_cursor(folder: Path) -> None:
    store = Store(folder)
    with store.cursor() as cursor:
        assert cursor.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)
    store.close()

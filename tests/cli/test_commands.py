"""Commands are read off the verbs: names, options, values."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mlops_desktop.cli.commands import command_name, taken
from mlops_desktop.cli.printing import MOST_PRINTED, print_cut, print_result
from mlops_desktop.cli.run import no_display
from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.domain.run_pages import RunLine, RunPage
from mlops_desktop.domain.runs import Split
from mlops_desktop.project.verb import VERBS
from mlops_desktop.system import Platform

ROOT = Path(__file__).parents[2]


@pytest.fixture
def program(tmp_path: Path):
    """The command line in a folder of its own; gives exit status, stdout and stderr."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path / "state")}
    environment.pop("MLOPS_PROJECT", None)
    environment.pop("DISPLAY", None)
    environment.pop("QT_QPA_PLATFORM", None)

    def run(*words: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "mlops_desktop", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout, done.stderr

    return run


def test_a_verb_that_takes_a_file_loses_the_word() -> None:
    assert command_name(VERBS["datasets.import_file"]) == "import"
    assert command_name(VERBS["models.set_alias"]) == "set-alias"


def test_a_dict_is_key_and_value_or_json() -> None:
    hint = VERBS["runs.start"].hints["params"]
    assert taken("params", ["iterations=20", "learning_rate=0.5"], hint) == {
        "iterations": 20,
        "learning_rate": 0.5,
    }
    assert taken("params", ['{"iterations": 20}'], hint) == {"iterations": 20}


def test_a_struct_is_json_or_a_file_with_json(tmp_path: Path) -> None:
    (tmp_path / "split.json").write_text('{"method": "time", "train_window": "6 months"}')
    hint = VERBS["runs.start"].hints["split"]
    assert taken("split", f"@{tmp_path}/split.json", hint) == Split(method="time", train_window="6 months")


def test_a_value_that_can_not_be_read_names_its_option() -> None:
    with pytest.raises(InvalidInputError, match="--split can't be read"):
        taken("split", '{"method": "moon"}', VERBS["runs.start"].hints["split"])


def test_an_option_of_an_import_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(InvalidInputError, match="unknown field `date_oder`"):
        taken("options", '{"date_oder": "day first"}', VERBS["datasets.import_file"].hints["options"])


def test_no_display_is_said_with_the_verb_that_does_the_same(program) -> None:
    status, _, said = program()
    assert status == 1
    assert "mlops-desktop sample" in said


def test_where_every_session_has_a_display_none_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert no_display(Platform("linux"))
    assert not no_display(Platform("windows")) and not no_display(Platform("darwin"))


def test_wrong_usage_ends_with_2_and_proposes_the_nearest(program) -> None:
    status, _, said = program("runs", "lst", "--project", "x.mlops")
    assert status == 2
    assert "list" in said


def test_an_expected_failure_is_an_object_with_json(program) -> None:
    status, printed, said = program("runs", "list", "--json")
    assert status == 1
    assert json.loads(printed)["error"]["code"] == "not_found"
    assert "no project" in said


def test_the_help_of_a_verb_shows_its_sentence_its_options_and_an_example(program) -> None:
    status, printed, _ = program("models", "set-alias", "--help")
    assert status == 0
    assert "Let an alias point at a version" in printed
    assert "mlops-desktop models set-alias churn@champion champion" in " ".join(printed.split())


@pytest.mark.parametrize(
    ("count", "limit", "is_said"), [(49, 50, False), (50, 50, True), (51, 0, False), (3, None, False)]
)
def test_a_list_that_ends_where_the_limit_says_is_told(
    capsys: pytest.CaptureFixture[str], count: int, limit: int | None, is_said: bool
) -> None:
    print_cut(list(range(count)), limit)
    assert ("--limit 0 shows all" in capsys.readouterr().err) == is_said


@pytest.mark.slow
def test_a_list_that_is_too_long_to_read_is_cut_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    print_result([RunLine(n, "trial", "finished", at, "ann") for n in range(MOST_PRINTED + 1)])
    printed, said = capsys.readouterr()
    assert printed.count("trial") == MOST_PRINTED
    assert said == "These are the first 1,000 of 1,001; --json has all.\n"


@pytest.mark.parametrize(
    ("matching", "said"), [(3, ""), (1700, "These are 101 to 103 of 1,700; --offset 103 shows")]
)
def test_a_page_of_runs_says_what_comes_next(
    capsys: pytest.CaptureFixture[str], matching: int, said: str
) -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    lines = [RunLine(n, "trial", "finished", at, "ann") for n in range(3)]
    print_cut(RunPage(lines, 100 if said else 0, matching, 2000), 3)
    assert capsys.readouterr().err.startswith(said) and bool(said) == (matching > 3)

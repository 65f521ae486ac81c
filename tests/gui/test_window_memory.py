"""What the window remembers of its person."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_desktop import system
from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.gui.language import speak, tr
from mlops_desktop.gui.window_memory import FILE, WindowMemory, load_memory, save_memory


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def test_what_was_remembered_comes_back():
    memory = WindowMemory(shortcuts={"edit.undo": "Ctrl+U"}).with_setting("theme", "dark")
    save_memory(memory)
    assert load_memory() == memory


def test_a_torn_file_is_forgotten():
    (system.state_folder() / FILE).write_text("{")
    assert load_memory() == WindowMemory()


def test_a_value_out_of_range_is_refused_and_one_in_the_file_is_not_used():
    with pytest.raises(InvalidInputError):
        WindowMemory().with_setting("zoom", "1000")
    assert WindowMemory(settings={"zoom": "1000"}).setting("zoom") == 100


def test_the_project_used_last_stands_at_the_end():
    memory = (
        WindowMemory()
        .with_section(Path("/a"), "runs")
        .with_section(Path("/b"), "data")
        .with_section(Path("/a"), "models")
    )
    assert list(memory.sections.items()) == [("/b", "data"), ("/a", "models")]


def test_words_are_given_by_whoever_translates():
    speak(str.upper)
    assert tr("run #{}").format(3) == "RUN #3"
    speak(None)
    assert tr("run #{}") == "run #{}"

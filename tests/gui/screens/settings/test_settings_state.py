"""Fields of settings and lines of keys, derived from what is declared."""

from __future__ import annotations

from mlops_desktop.domain.settings import SETTINGS
from mlops_desktop.gui.screens.settings.settings_state import (
    ShortcutLine,
    groups_of,
    setting_fields,
    shown_shortcuts,
)

LINES = (
    ShortcutLine("a", "Undo", "Edit", "Ctrl Z", True),
    ShortcutLine("b", "Open project", "Project", "Ctrl O", True),
    ShortcutLine("c", "Redo", "Edit", "Ctrl Shift Z", False),
)


def test_every_setting_is_on_one_of_the_pages():
    shown = {f.name for scope in ("window", "project") for f in setting_fields(scope, {})}
    assert shown == {s.name for s in SETTINGS}


def test_the_kind_of_a_field_follows_from_the_declaration():
    kinds = {f.name: f.kind for scope in ("window", "project") for f in setting_fields(scope, {})}
    assert kinds["theme"] == "choice" and kinds["reduced_motion"] == "switch"
    assert kinds["threads"] == "number" and kinds["timezone"] == "text"


def test_a_value_that_was_set_is_no_default():
    [theme] = [f for f in setting_fields("window", {"theme": "dark"}) if f.name == "theme"]
    assert (theme.value, theme.is_default, theme.default_words) == ("dark", False, "system")


def test_keys_are_found_by_command_and_by_keys():
    assert [line.action_id for line in shown_shortcuts(LINES, "edit do")] == ["a", "c"]
    assert [line.action_id for line in shown_shortcuts(LINES, "ctrl o")] == ["b"]


def test_commands_of_a_group_stand_together():
    assert [name for name, _ in groups_of(shown_shortcuts(LINES, ""))] == ["Edit", "Project"]

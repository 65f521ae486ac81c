import pytest
from PySide6.QtWidgets import QMenu, QWidget

from mlops_desktop.gui.actions import Action, ActionContext, ActionRegistry, chosen, has_project, may_edit

RUN = ActionContext("runs", ("214",), "run", has_project=True)


@pytest.fixture
def registry(qtbot):
    made = ActionRegistry()
    made.ran = []
    made.add(
        [
            Action(
                "runs.compare",
                "Compare",
                made.ran.append,
                "Ctrl+Shift+M",
                ("runs.context",),
                chosen("run", 2),
            ),
            Action(
                "runs.trash",
                "Move to trash",
                made.ran.append,
                "Del",
                ("runs.context",),
                chosen("run"),
                group="Edit",
            ),
            Action("project.new", "New project...", made.ran.append, "Ctrl+N"),
        ]
    )
    return made


def test_an_action_runs_with_the_context_of_the_moment(registry):
    registry.set_context(RUN)
    assert registry.trigger("runs.trash")
    assert registry.ran == [RUN]


def test_what_is_not_enabled_does_not_run(registry):
    registry.set_context(RUN)
    assert not registry.trigger("runs.compare")
    assert registry.ran == []


def test_menus_derive_from_places(qtbot, registry):
    registry.set_context(RUN)
    menu = QMenu()
    qtbot.addWidget(menu)
    registry.fill_menu(menu, "runs.context")
    assert [(a.text(), a.isEnabled()) for a in menu.actions() if not a.isSeparator()] == [
        ("Compare", False),
        ("Move to trash", True),
    ]
    assert menu.actions()[1].isSeparator()


def test_qactions_follow_the_context(qtbot, registry):
    holder = QWidget()
    qtbot.addWidget(holder)
    qaction = registry.qaction("runs.trash", holder)
    assert not qaction.isEnabled()
    registry.set_context(RUN)
    assert qaction.isEnabled()


def test_a_shortcut_can_be_changed(registry):
    registry.set_shortcut("project.new", "Ctrl+Alt+N")
    assert registry.shortcut("project.new") == "Ctrl+Alt+N"
    assert registry.chosen_shortcuts() == {"project.new": "Ctrl+Alt+N"}


def test_two_actions_never_share_keys(registry):
    with pytest.raises(ValueError, match="Compare"):
        registry.set_shortcut("project.new", "Ctrl+Shift+M")
    with pytest.raises(ValueError, match="share"):
        registry.add([Action("x", "X", print, "Ctrl+N")])


def test_an_id_is_registered_once(registry):
    with pytest.raises(ValueError, match="twice"):
        registry.add([Action("project.new", "Again", print)])


def test_rights_decide():
    assert may_edit(ActionContext(has_project=True))
    assert not may_edit(ActionContext(has_project=True, rights=frozenset({"view"})))
    assert not has_project(ActionContext())


def test_actions_of_two_sections_share_keys_and_each_answers_in_its_own(registry):
    registry.add(
        [
            Action("runs.rename", "Rename run", registry.ran.append, "F2", section="runs"),
            Action("data.rename", "Rename data set", registry.ran.append, "F2", section="data"),
        ]
    )
    registry.set_context(ActionContext("data"))
    assert registry.holder("F2") == "data.rename"
    assert not registry.trigger("runs.rename")
    assert registry.trigger("data.rename")


def test_keys_of_the_whole_window_are_no_sections(registry):
    with pytest.raises(ValueError, match="share"):
        registry.add([Action("data.new", "New", print, "Ctrl+N", section="data")])

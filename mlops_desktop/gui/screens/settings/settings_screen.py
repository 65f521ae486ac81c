"""Settings: of the window, of the project, and the keys of every command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.settings import SettingValue
from mlops_desktop.gui.following import follow
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.preferences import Preferences
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button, Tabs
from mlops_desktop.gui.widgets.cards import Card, PageHeader
from mlops_desktop.gui.widgets.forms import NumberField, Select, TextField, Toggle
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import Page, clear, column, row, set_shown
from mlops_desktop.project import Project

from .settings_state import PAGES, SettingField, is_on, setting_fields
from .shortcuts_page import ShortcutsPage

NAME_WIDTH = 190
FIELD_WIDTH = 200


class SettingsScreen:
    """The screen of the section; its intent is the name of a page.

    Parameters
    ----------
    host : ScreenHost
        The window.
    preferences : Preferences
        What the window remembers.
    """

    topics = frozenset({"setting", "meta"})

    def __init__(self, host: ScreenHost, preferences: Preferences) -> None:
        self._host, self._preferences = host, preferences
        self._page_name = "window"
        logs = Button(
            tr("Open the logs"), icon="file", on_click=lambda: host.actions_registry.trigger("app.logs")
        )
        self._header = PageHeader(tr("Settings"), buttons=[logs])
        self._tabs = Tabs([(name, tr(title)) for name, title in PAGES])
        self._tabs.chosen.connect(self._show_page)
        self._window_fields, self._project_fields = column(spacing=14), column(spacing=14)
        self._shown: dict[str, tuple[SettingField, ...]] = {}
        self._no_project = Label(tr("Open a project to see its settings."), "base", "muted")
        window = Card(tr("This window")).add(self._window_fields)
        project = Card(tr("This project"), tr("for everybody who uses it")).add(
            self._no_project, self._project_fields
        )
        self._pages: dict[str, QWidget] = {
            "window": window,
            "project": project,
            "shortcuts": ShortcutsPage(host),
        }
        self._page = Page(self._header, row(self._tabs, None), *self._pages.values(), None)
        follow(preferences.changed, self._page, self._show_preferences)
        self._show_preferences()

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    def show_intent(self, intent: Any) -> None:
        """Show the page of this name."""
        self._show_page(intent if intent in dict(PAGES) else self._page_name)
        self.refresh()

    def mark_dirty(self) -> None:
        """Showing it asks again."""

    def refresh(self) -> None:
        """Ask for the project's settings."""
        project = cast("Project | None", self._host.session.project)
        self._no_project.setVisible(project is None)
        if project is None:
            self._fill(self._project_fields, (), self._set_of_project)
            return
        self._host.session.tasks.run(
            lambda: list(project.settings.list()), self._on_values, owner=self._page, key="settings"
        )

    def _show_page(self, name: str) -> None:
        self._page_name = name
        self._host.amend_intent("settings", name)
        self._tabs.choose(name)
        for key, page in self._pages.items():
            set_shown(page, key == name)

    def _show_preferences(self) -> None:
        values = {f.name: str(self._preferences.memory.setting(f.name)) for f in setting_fields("window", {})}
        self._fill(self._window_fields, setting_fields("window", values), self._set_of_window)

    def _on_values(self, values: Sequence[SettingValue]) -> None:
        fields = setting_fields("project", {v.name: v.value for v in values})
        self._fill(self._project_fields, fields, self._set_of_project)

    def _fill(self, box: QVBoxLayout, fields: tuple[SettingField, ...], change: Change) -> None:
        key = "window" if box is self._window_fields else "project"
        if self._shown.get(key) == fields:
            return
        self._shown[key] = fields
        clear(box)
        for field in fields:
            box.addWidget(SettingRow(field, change))

    def _set_of_window(self, shown: SettingRow, name: str, value: str) -> None:
        try:
            self._preferences.set(name, value)
        except UserError as error:
            shown.show_error(str(error))

    def _set_of_project(self, shown: SettingRow, name: str, value: str) -> None:
        project = cast("Project | None", self._host.session.project)
        if project is None:
            return

        def told(found: SettingValue) -> None:
            shown.show_error("")
            self._host.say(
                tr("{}: {}").format(found.title, found.value or tr("as the machine")),
                lambda: self._host.actions_registry.trigger("edit.undo"),
            )

        def failed(error: UserError) -> None:
            shown.show_error(str(error))

        self._host.session.tasks.run(
            lambda: project.settings.set(name, value), told, owner=shown, key=name, failed=failed
        )


class SettingRow(QWidget):
    """A setting: its name at the left, its field with what it means below, and the way back to its default.

    Parameters
    ----------
    setting : SettingField
        What is shown.
    change : callable
        Takes this row, the setting's name and the new value as text.
    """

    def __init__(self, setting: SettingField, change: Change) -> None:
        super().__init__()
        editor, connect = _editor(setting)
        editor.setAccessibleName(setting.title)
        editor.setFixedWidth(theme().px(FIELD_WIDTH))
        connect(partial(change, self, setting.name))
        self._help = setting.help
        name = Label(setting.title)
        name.setFixedWidth(theme().px(NAME_WIDTH))
        name.setBuddy(editor)
        self._note = Label(setting.help, "small", "muted", wrap=True)
        default = setting.default_words
        back = Button(
            tr("Back to {}").format(default),
            "link",
            on_click=partial(change, self, setting.name, setting.default),
            small=True,
        )
        back.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        set_shown(back, not setting.is_default)
        middle = column(row(editor, back, None, spacing=12), self._note, spacing=4)
        line = row(name, middle, spacing=12)
        line.setStretch(1, 1)
        line.setAlignment(name, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)

    def show_error(self, message: str) -> None:
        """Say at the field what is wrong with it; an empty text takes the word back."""
        self._note.set_role("bad" if message else "muted")
        self._note.setText(message or self._help)


Change = Callable[[SettingRow, str, str], None]


def _editor(setting: SettingField) -> tuple[QWidget, Callable[[Callable[[str], object]], object]]:
    """The widget of a setting, and what connects its changes."""
    if setting.kind == "choice":
        select = Select([(c, tr(c.capitalize())) for c in setting.choices], setting.value)
        return select, select.chosen.connect
    if setting.kind == "switch":
        toggle = Toggle(tr("On"), is_on(setting.value))

        def on_toggle(use: Callable[[str], object]) -> None:
            def send(checked: bool) -> None:
                use(str(checked).lower())

            toggle.clicked.connect(send)

        return toggle, on_toggle
    if setting.kind == "number":
        spin = NumberField(int(setting.value), setting.low, setting.high)
        spin.setGroupSeparatorShown(True)

        def on_spin(use: Callable[[str], object]) -> None:
            def send() -> None:
                if str(spin.value()) != setting.value:
                    use(str(spin.value()))

            spin.editingFinished.connect(send)

        return spin, on_spin
    line = TextField(setting.value)

    def on_line(use: Callable[[str], object]) -> None:
        def send() -> None:
            if line.text().strip() != setting.value:
                use(line.text().strip())

        line.editingFinished.connect(send)

    return line, on_line

"""Settings: of the window, of the project, and the keys of every command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

from PySide6.QtWidgets import QSpinBox, QStackedWidget, QVBoxLayout, QWidget

from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.settings import SettingValue
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.preferences import Preferences
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button, Tabs
from mlops_desktop.gui.widgets.cards import Card, PageHeader
from mlops_desktop.gui.widgets.forms import Field, Select, TextField, Toggle
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import Page, clear, column, row
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
        self._stack = QStackedWidget()
        self._stack.addWidget(_ground(Card(tr("This window")).add(self._window_fields, None)))
        self._stack.addWidget(
            _ground(
                Card(tr("This project"), tr("for everybody who uses it")).add(
                    self._no_project, self._project_fields, None
                )
            )
        )
        self._stack.addWidget(_ground(ShortcutsPage(host)))
        self._page = Page(self._header, row(self._tabs, None), self._stack)
        preferences.changed.connect(self._on_preferences)
        self._on_preferences(preferences.memory)

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
        self._stack.setCurrentIndex([n for n, _ in PAGES].index(name))  # type: ignore[arg-type]

    def _on_preferences(self, memory: object) -> None:
        values = {f.name: str(self._preferences.memory.setting(f.name)) for f in setting_fields("window", {})}
        self._fill(self._window_fields, setting_fields("window", values), self._set_of_window)

    def _on_values(self, values: Sequence[SettingValue]) -> None:
        fields = setting_fields("project", {v.name: v.value for v in values})
        self._fill(self._project_fields, fields, self._set_of_project)

    def _fill(
        self, box: QVBoxLayout, fields: tuple[SettingField, ...], change: Callable[[Field, str, str], None]
    ) -> None:
        key = "window" if box is self._window_fields else "project"
        if self._shown.get(key) == fields:
            return
        self._shown[key] = fields
        clear(box)
        for field in fields:
            box.addWidget(_made(field, change))

    def _set_of_window(self, field: Field, name: str, value: str) -> None:
        try:
            self._preferences.set(name, value)
        except UserError as error:
            field.show_error(str(error))

    def _set_of_project(self, field: Field, name: str, value: str) -> None:
        project = cast("Project | None", self._host.session.project)
        if project is None:
            return

        def told(found: SettingValue) -> None:
            field.show_error("")
            self._host.say(
                tr("{}: {}").format(found.title, found.value or tr("as the machine")),
                lambda: self._host.actions_registry.trigger("edit.undo"),
            )

        def failed(error: UserError) -> None:
            field.show_error(str(error))

        self._host.session.tasks.run(
            lambda: project.settings.set(name, value), told, owner=field, key=name, failed=failed
        )


def _ground(widget: QWidget) -> QWidget:
    holder = QWidget()
    holder.setLayout(column(widget, None))
    return holder


def _made(setting: SettingField, change: Callable[[Field, str, str], None]) -> QWidget:
    """The field of a setting, its name at the left, what it means below, and the way back to its default."""
    editor, connect = _editor(setting)
    field = Field(setting.title, editor, setting.help, beside=NAME_WIDTH)
    if not isinstance(editor, Toggle):
        editor.setFixedWidth(theme().px(FIELD_WIDTH))
    connect(partial(change, field, setting.name))
    default = setting.default or tr("as the machine")
    back = Button(
        tr("Default: {}").format(default),
        "link",
        on_click=partial(change, field, setting.name, setting.default),
        small=True,
    )
    back.setEnabled(not setting.is_default)
    holder = QWidget()
    line = row(field, back, None, spacing=12)
    line.setStretch(0, 1)
    holder.setLayout(line)
    return holder


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
        spin = QSpinBox()
        spin.setRange(setting.low, setting.high)
        spin.setValue(int(setting.value))
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

"""Where the rows go: a new data set or a new version of one, a message, and the import itself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QMenu, QRadioButton, QSizePolicy, QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.buttons import Button, SegmentedControl
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.forms import Debounce, Select, TextField
from mlops_desktop.gui.widgets.labels import ElidedLabel, Label
from mlops_desktop.gui.widgets.layouts import FoldingRow, row, set_shown
from mlops_desktop.gui.widgets.progress import ProgressRow, time_left

from .import_state import JobView, TargetView

_MOST_KEYS = 300
"""Columns offered for a key; further ones can be named on the command line."""


class TargetCard(Card):
    """New data set or new version, rows, message, Cancel and Import."""

    kind_chosen = Signal(bool)
    """Whether it becomes a version of a data set that there is."""
    name_typed = Signal(str)
    dataset_chosen = Signal(str)
    mode_chosen = Signal(str)
    key_chosen = Signal(tuple)
    message_typed = Signal(str)
    cancelled = Signal()
    import_wanted = Signal()
    stop_wanted = Signal()
    """The import under way is to be cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self._view: TargetView | None = None
        self._build_where()
        self._build_foot()
        self.add(self._where, self._why_not, self._foot, self._progress)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _build_where(self) -> None:
        self._new = QRadioButton(tr("New data set"))
        self._version = QRadioButton(tr("New version of"))
        self._group = QButtonGroup(self)
        for button in (self._new, self._version):
            set_font(button, "base")
            self._group.addButton(button)
        self._new.clicked.connect(lambda: self.kind_chosen.emit(False))
        self._version.clicked.connect(lambda: self.kind_chosen.emit(True))
        self._name = TextField(hint=tr("Name"), small=True)
        self._name.setMinimumWidth(theme().px(110))
        self._name.setMaximumWidth(theme().px(220))
        self._typing = Debounce(self, 250)
        self._name.textEdited.connect(self._typing.poke)
        self._typing.fired.connect(lambda: self.name_typed.emit(self._name.text().strip()))
        self._dataset = Select(small=True)
        self._dataset.setAccessibleName(tr("Data set"))
        self._dataset.setMinimumContentsLength(8)
        self._dataset.setMaximumWidth(theme().px(200))
        self._dataset.chosen.connect(self.dataset_chosen)
        self._modes = SegmentedControl(
            [("append", "Append"), ("replace", "Replace"), ("merge", "Merge by key")]
        )
        self._modes.chosen.connect(self.mode_chosen)
        self._key = Button(tr("Key..."), small=True)
        self._key.set_menu(self._fill_keys)
        self._effect = ElidedLabel("", "small", "muted")
        left, right = QWidget(), QWidget()
        left.setLayout(row(self._new, self._name, 8, self._version, self._dataset, None))
        self._rows_label = Label(tr("Rows"), "base", "muted")
        line = row(self._rows_label, self._modes, self._key, self._effect)
        line.setStretch(3, 1)
        right.setLayout(line)
        self._where = FoldingRow([(left, 0), (right, 1)], 820)
        self._why_not = Label("", "small", "bad", wrap=True)

    def _build_foot(self) -> None:
        self._message = TextField(hint=tr("Message: what this version is"))
        self._message.textEdited.connect(self.message_typed)
        self._cancel = Button(tr("Cancel"), on_click=self.cancelled.emit)
        self.import_button = Button(tr("Import"), "primary", on_click=self.import_wanted.emit)
        self._foot = QWidget()
        line = row(self._message, self._cancel, self.import_button)
        line.setStretch(0, 1)
        self._foot.setLayout(line)
        self._progress = ProgressRow()
        self._progress.cancelled.connect(self.stop_wanted)
        set_shown(self._progress, False)

    def show_target(self, view: TargetView, message: str, job: JobView | None) -> None:
        """Show where the rows go, and the import under way."""
        self._view = view
        (self._version if view.is_version else self._new).setChecked(True)
        self._version.setEnabled(bool(view.names))
        if not self._name.hasFocus() and not view.is_version:
            self._name.setText(view.name)
        set_shown(self._name, not view.is_version)
        self._dataset.set_options([(n, n) for n in view.names], view.name if view.is_version else "")
        set_shown(self._dataset, view.is_version)
        for part in (self._rows_label, self._modes):
            set_shown(part, view.is_version)
        if view.is_version:
            self._modes.choose(view.mode)
        set_shown(self._key, view.mode == "merge")
        self._key.set_text(tr("Key: {}").format(", ".join(view.key)[:40]) if view.key else tr("Key..."))
        self._effect.set_text(view.effect)
        self._why_not.setText(view.why_not)
        set_shown(self._why_not, bool(view.why_not))
        if not self._message.hasFocus():
            self._message.setText(message)
        self.import_button.set_text(_short(view.button))
        self.import_button.setToolTip(view.button)
        self.import_button.setEnabled(view.can_import)
        set_shown(self._foot, job is None)
        set_shown(self._progress, job is not None)
        if job is not None:
            left = "" if job.seconds_left is None else time_left(job.seconds_left)
            self._progress.show_progress(job.stage, job.share, left, cancelling=job.cancelling)

    def _fill_keys(self, menu: QMenu) -> None:
        view = self._view
        for name in view.key_choices[:_MOST_KEYS] if view else ():
            action = menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(view is not None and name in view.key)
            action.triggered.connect(lambda _=False, n=name: self._toggle_key(n))

    def _toggle_key(self, name: str) -> None:
        key = self._view.key if self._view else ()
        self.key_chosen.emit(tuple(k for k in key if k != name) if name in key else (*key, name))


def _short(words: str, most: int = 44) -> str:
    """Words of a button: the name of a data set may have 300 letters."""
    return words if len(words) <= most else words[: most // 2] + "…" + words[-most // 2 :]

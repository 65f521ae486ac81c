"""What a person does with a window: finds a button by its words, types, chooses a file; and a picture of each step."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QWidget,
)

from mlops_desktop.gui.places import Place
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.window import ProjectWindow
from mlops_desktop.gui.window_memory import WindowMemory

W = TypeVar("W", bound=QWidget)
PATIENCE_MS = 60_000


class Person:
    """Somebody at the window of a project.

    Parameters
    ----------
    qtbot : QtBot
        pytest-qt's hands.
    place : Path or str
        The project's folder, or the address of its service.
    pictures : Path
        Where the pictures go; the variable ``MLOPS_PICTURES`` names another folder.
    """

    def __init__(self, qtbot: Any, place: Path | str, pictures: Path) -> None:
        self.qtbot = qtbot
        self.made = ProjectWindow(WindowMemory(told_background=True))
        self.window = self.made.window
        self.pictures = Path(os.environ.get("MLOPS_PICTURES", pictures))
        self.pictures.mkdir(parents=True, exist_ok=True)
        self._steps = 0
        self.window.resize(1440, 900)
        self.window.show()
        self.made.open_project(place)
        self.until(lambda: self.made.session.project is not None)
        self.until(self.is_quiet)

    @property
    def project(self) -> Any:
        """The facade that the window uses."""
        return self.made.session.project

    def leave(self) -> None:
        """Close the window."""
        self.window.close()
        self.made.end()

    def until(self, happens: Callable[[], bool]) -> None:
        """Wait for something that the window or the project shows."""
        self.qtbot.waitUntil(happens, timeout=PATIENCE_MS)

    def is_quiet(self) -> bool:
        """Whether no call is under way."""
        return self.made.tasks.busy == 0

    def go(self, section: str, intent: Any = None) -> QWidget:
        """Click a section, or go to a page of it as the palette does; gives its widget."""
        self.window.go(Place(section, intent))
        self.until(self.is_quiet)
        return self.window.screen_of(section).widget()

    def click(self, words: str, inside: QWidget | None = None) -> None:
        """Click the button with these words, once it can be clicked."""
        self.until(lambda: self._button(words, inside) is not None)
        button = self._button(words, inside)
        assert button is not None
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(6, button.height() // 2))

    def click_row(self, table: str, words: str, inside: QWidget) -> None:
        """Click the row with these words in the table of this accessible name."""
        view = next(v for v in inside.findChildren(QAbstractItemView) if v.accessibleName() == table)
        model = view.model()
        assert model is not None
        place = next(
            model.index(r, 0) for r in range(model.rowCount()) if words in str(model.index(r, 0).data())
        )
        self.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(place).center())

    def choose_file(self, path: Path) -> None:
        """Answer the file dialog that is open."""
        self.until(lambda: self._shown(QFileDialog) is not None)
        dialog = self._shown(QFileDialog)
        assert dialog is not None
        dialog.fileSelected.emit(str(path))
        dialog.close()

    def fill(self, words: str, text: str) -> None:
        """Type into a field of the dialog that is open, found by its hint or accessible name."""
        field = next(
            f
            for f in self.dialog().findChildren(QLineEdit)
            if words in (f.placeholderText(), f.accessibleName())
        )
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)

    def pick(self, words: str, inside: QWidget) -> None:
        """Pick an entry of a list of choices."""
        box = next(
            b
            for b in inside.findChildren(QComboBox)
            if b.isVisible() and b.findText(words, Qt.MatchFlag.MatchContains) >= 0
        )
        box.setCurrentIndex(box.findText(words, Qt.MatchFlag.MatchContains))
        box.activated.emit(box.currentIndex())

    def menu(self, words: str) -> None:
        """Choose an entry of the menu that is open."""
        self.until(lambda: self._shown(QMenu) is not None)
        menu = self._shown(QMenu)
        assert menu is not None
        next(a for a in menu.actions() if words in a.text()).trigger()
        menu.close()

    def dialog(self) -> Dialog:
        """The dialog that is open."""
        self.until(lambda: self._shown(Dialog) is not None)
        found = self._shown(Dialog)
        assert found is not None
        return found

    def accept(self) -> None:
        """Click the primary button of the dialog that is open."""
        self.qtbot.mouseClick(self.dialog().accept_button, Qt.MouseButton.LeftButton)

    def picture(self, name: str) -> None:
        """Keep a picture of the window as it is."""
        self.until(self.is_quiet)
        self._steps += 1
        self.window.grab().save(str(self.pictures / f"{self._steps:02d}-{name}.png"))

    def _button(self, words: str, inside: QWidget | None) -> QAbstractButton | None:
        roots = (
            [inside] if inside is not None else [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        )
        for root in roots:
            for button in root.findChildren(QAbstractButton):
                if (
                    button.isVisible()
                    and button.isEnabled()
                    and words in (button.text(), button.accessibleName())
                ):
                    return button
        return None

    def _shown(self, kind: type[W]) -> W | None:
        found = [w for w in QApplication.allWidgets() if isinstance(w, kind) and w.isVisible()]
        return found[-1] if found else None

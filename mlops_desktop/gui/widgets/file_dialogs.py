"""Choosing files and folders: the system's dialog, opened and never executed; the answer comes by a call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

OnPath = Callable[[Path], object]


def choose_file(
    parent: QWidget, title: str, filters: str, on_path: OnPath, start: Path | None = None
) -> QFileDialog:
    """Choose a file that exists.

    Parameters
    ----------
    filters : str
        As Qt takes them: ``"Tables (*.csv *.parquet);;All files (*)"``.
    on_path : callable
        Takes the path; not called when the person cancels.
    start : Path, optional
        Folder shown first.
    """
    dialog = _dialog(parent, title, QFileDialog.FileMode.ExistingFile, on_path, start)
    dialog.setNameFilters(filters.split(";;"))
    dialog.open()
    return dialog


def choose_folder(parent: QWidget, title: str, on_path: OnPath, start: Path | None = None) -> QFileDialog:
    """Choose a folder that exists."""
    dialog = _dialog(parent, title, QFileDialog.FileMode.Directory, on_path, start)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.open()
    return dialog


def choose_new_file(
    parent: QWidget, title: str, filters: str, on_path: OnPath, start: Path | None = None
) -> QFileDialog:
    """Choose where a new file goes; `start` may name it."""
    dialog = _dialog(parent, title, QFileDialog.FileMode.AnyFile, on_path, start.parent if start else None)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    if filters:
        dialog.setNameFilters(filters.split(";;"))
    if start is not None:
        dialog.selectFile(start.name)
        dialog.setDefaultSuffix(start.suffix.lstrip("."))
    dialog.open()
    return dialog


def _dialog(
    parent: QWidget, title: str, mode: QFileDialog.FileMode, on_path: OnPath, folder: Path | None
) -> QFileDialog:
    dialog = QFileDialog(parent.window(), title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(mode)
    if folder is not None:
        dialog.setDirectory(str(folder))

    def take(path: str) -> None:
        on_path(Path(path))

    dialog.fileSelected.connect(take)
    return dialog

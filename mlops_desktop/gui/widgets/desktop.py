"""What the desktop shows for us: folders in its file manager, files and addresses in what opens them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def open_folder(folder: Path) -> bool:
    """Show a folder in the file manager; says whether there is one that took it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

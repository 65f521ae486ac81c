"""Translations of this section."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def tr(text: str) -> str:
    """`text` in the person's language."""
    return QCoreApplication.translate("runs", text)

"""Menus of a column: its role, its type."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from mlops_desktop.domain.datasets import ROLES, Role
from mlops_desktop.domain.imports import ColumnType
from mlops_desktop.gui.language import tr

from .words import ROLE_WORDS


def short_lived_menu(parent: QWidget) -> QMenu:
    """A menu that deletes itself when it closes."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def open_role_menu(parent: QWidget, at: QPoint, role: Role, choose: Callable[[Role], object]) -> None:
    """Offer every role, the one that holds checked.

    Parameters
    ----------
    at : QPoint
        Where it opens, global.
    choose : callable
        Takes the role that a person clicked.
    """
    menu = short_lived_menu(parent)
    for one in ROLES:
        action = menu.addAction(ROLE_WORDS[one], lambda r=one: choose(r))
        action.setCheckable(True)
        action.setChecked(one == role)
    menu.popup(at)


def open_type_menu(
    parent: QWidget,
    at: QPoint,
    kinds: Sequence[str],
    chosen: bool,
    choose: Callable[[ColumnType | None], object],
) -> None:
    """Offer types for a column of a file.

    Parameters
    ----------
    kinds : sequence of str
        The type that holds first, then those that it can be changed to.
    chosen : bool
        A person chose the type; it can be left to be found again.
    choose : callable
        Takes the type, or None to have it found.
    """
    menu = short_lived_menu(parent)
    if chosen:
        menu.addAction(tr("Found by itself"), lambda: choose(None))
        menu.addSeparator()
    known = {kind.value for kind in ColumnType}
    for kind in dict.fromkeys(kinds):
        action = menu.addAction(kind, lambda k=kind: choose(ColumnType(k)))
        action.setCheckable(True)
        action.setChecked(kind == kinds[0])
        action.setEnabled(kind in known)
    menu.popup(at)

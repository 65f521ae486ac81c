"""Connections of what is no QObject itself: they end with the widget they are for.

Qt ends a connection to a method of a QObject with that object; to any other method it holds on, and calls it when the
widgets that it would change are gone.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, SignalInstance
from shiboken6 import isValid


def follow(signal: SignalInstance, owner: QObject, call: Callable[[], object]) -> None:
    """Call `call` whenever `signal` is emitted, as long as `owner` lives."""

    def told(*values: object) -> None:
        if isValid(owner):
            call()
        else:
            signal.disconnect(told)

    signal.connect(told)

"""Words of the window in the person's language. No Qt, so that states can use it.

Every sentence that a person reads passes through `tr` as it is written in English; the application hands in what
translates it. Numbers are put in afterwards: ``tr("{} rows").format(n)``.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["speak", "tr"]


def _as_written(text: str) -> str:
    return text


_translate: Callable[[str], str] = _as_written


def tr(text: str) -> str:
    """`text` in the person's language; as written where nobody translates it."""
    return _translate(text)


def speak(translate: Callable[[str], str] | None) -> None:
    """Let `translate` give the words from now on; None gives them as written."""
    global _translate
    _translate = translate or _as_written

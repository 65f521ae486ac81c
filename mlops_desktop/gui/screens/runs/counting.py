"""Numbers of things in the person's language. No Qt."""

from __future__ import annotations

from mlops_desktop.gui.language import tr


def counted(number: int, one: str, many: str) -> str:
    """``1 run`` or ``12,345 runs``; both are translated whole, `many` has ``{:,}`` where the number goes.

    Parameters
    ----------
    one, many : str
        As written in English: ``"1 run"``, ``"{:,} runs"``.
    """
    return tr(one) if number == 1 else tr(many).format(number)

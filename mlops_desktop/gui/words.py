"""Numbers and times as people read them on every screen; of sizes see `domain.sizes`. No Qt."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePath

from mlops_desktop.gui.language import tr


def counted(number: int, one: str, many: str) -> str:
    """``1 run`` or ``12,345 runs``; both are translated whole, `many` has ``{:,}`` where the number goes.

    Parameters
    ----------
    one, many : str
        As written in English: ``"1 run"``, ``"{:,} runs"``.
    """
    return tr(one) if number == 1 else tr(many).format(number)


def signed(number: int) -> str:
    """``+212``, ``−3`` with a true minus."""
    return f"+{number:,}" if number >= 0 else f"−{-number:,}"


def when_words(moment: datetime, now: datetime) -> str:
    """``today 09:08``, ``yesterday 17:30``, ``17 Nov``, ``17 Nov 2024``, in the time zone of `now`."""
    local = moment.astimezone(now.tzinfo)
    days = (now.date() - local.date()) / timedelta(days=1)
    if days in (0, 1):
        return tr("yesterday {}" if days else "today {}").format(f"{local:%H:%M}")
    return f"{local.day} {local:%b}" if local.year == now.year else f"{local.day} {local:%b %Y}"


def share_words(part: int, whole: int) -> str:
    """A share in percent that never says 0 or 100 when it is not: ``5.2 %``, ``<0.1 %``."""
    if part == 0 or whole == 0:
        return "0 %"
    share = part / whole * 100
    if share < 0.1:
        return "<0.1 %"
    if part < whole and share > 99.9:
        return ">99.9 %"
    return f"{share:.1f}".rstrip("0").rstrip(".") + " %"


def file_name(path: str) -> str:
    """The last part of a path of either kind of system."""
    return PurePath(path.replace("\\", "/")).name or path

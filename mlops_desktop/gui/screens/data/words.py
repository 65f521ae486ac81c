"""Numbers, sizes and times as people read them on the pages of data. No Qt."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING

from mlops_desktop.domain.datasets import Role

if TYPE_CHECKING:
    from mlops_desktop.gui.widgets.labels import Status

_UNITS = ("bytes", "KB", "MB", "GB", "TB")

ROLE_STATUS: dict[Role, Status] = {
    "feature": "neutral",
    "target": "good",
    "id": "neutral",
    "ignore": "neutral",
    "time": "accent",
    "sensitive": "warn",
}
"""Colour of the chip of a role."""

ROLE_WORDS: dict[Role, str] = {
    "feature": "feature: a model may learn from it",
    "target": "target: what is predicted",
    "id": "id: names the row, never learned from",
    "ignore": "ignore: left out",
    "time": "time: orders the rows",
    "sensitive": "sensitive: looked at for bias",
}
NUMERIC_TYPES = frozenset({"integer", "big integer", "decimal", "exact decimal"})
"""Types whose values stand at the right."""


def counted(number: int, one: str, many: str = "") -> str:
    """``1 row``, ``1,337 rows``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def signed(number: int) -> str:
    """``+212``, ``−3`` with a true minus."""
    return f"+{number:,}" if number >= 0 else f"−{-number:,}"


def size_words(size_bytes: int) -> str:
    """Bytes with a unit of 1,000: ``412 KB``."""
    size, unit = float(size_bytes), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    text = f"{size:.0f}" if unit == 0 or size >= 10 else f"{size:.1f}".rstrip("0").rstrip(".")
    return f"{text} {_UNITS[unit]}"


def when_words(moment: datetime, now: datetime) -> str:
    """``today 09:08``, ``yesterday 17:30``, ``17 Nov``, ``17 Nov 2024``, in the time zone of `now`."""
    local = moment.astimezone(now.tzinfo)
    days = (now.date() - local.date()) / timedelta(days=1)
    if days in (0, 1):
        return f"{'yesterday' if days else 'today'} {local:%H:%M}"
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

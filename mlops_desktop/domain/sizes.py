"""Sizes of files and of room as people read them."""

from __future__ import annotations

_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def size_words(size_bytes: int) -> str:
    """Bytes with a unit of 1,000: ``412 KB``."""
    size, unit = float(size_bytes), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    text = f"{size:.0f}" if unit == 0 or size >= 10 else f"{size:.1f}".rstrip("0").rstrip(".")
    return f"{text} {_UNITS[unit]}"

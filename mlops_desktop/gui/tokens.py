"""The design tokens: colours, type, spacing and sizes, read from `resources/theme/tokens.json`. No Qt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from mlops_desktop.gui.resources import resource

Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one scheme; values are ``#rrggbb`` or ``rgba(r,g,b,a)``."""

    colours: dict[str, str]
    series: tuple[str, ...]
    """Chart series in order; at least 3:1 on `surface`, told apart by colour-blind people too."""
    heat_calm: tuple[str, str]
    heat_warn: str
    heat_bad: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """All tokens; lengths in px at 100 %."""

    light: Palette
    dark: Palette
    type: dict[str, tuple[float, int, int]]
    """Kind of text to (size, line height, weight)."""
    spacing: dict[str, int]
    size: dict[str, Any]
    radius: dict[str, int]
    dashes: tuple[tuple[float, ...], ...]
    """Dash of each series in order, in line widths; an empty one is solid."""

    def palette(self, scheme: Scheme) -> Palette:
        """The colours of `scheme`."""
        return self.dark if scheme == "dark" else self.light


def _palette(raw: dict[str, Any]) -> Palette:
    heat = raw["heat"]
    calm = heat["calm"]
    return Palette(raw["colour"], tuple(raw["series"]), (calm[0], calm[1]), heat["warn"], heat["bad"])


@cache
def load_tokens(path: Path | None = None) -> Tokens:
    """Read the tokens from `path`, or those shipped with the app."""
    raw = json.loads((path or resource("theme", "tokens.json")).read_text("utf-8"))
    return Tokens(
        light=_palette(raw["light"]),
        dark=_palette(raw["dark"]),
        type={kind: (line[0], line[1], line[2]) for kind, line in raw["type"].items()},
        spacing=raw["spacing"],
        size=raw["size"],
        radius=raw["radius"],
        dashes=tuple(tuple(dash) for dash in raw["dashes"]),
    )


def contrast(first: str, second: str) -> float:
    """Contrast of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance of sRGB, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

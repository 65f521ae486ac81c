"""What a person would call a fault of a screen: a button whose words are cut, things that overlap, words too pale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

LEAST_CONTRAST = 4.5
SLACK_PX = 2
READ = (QLabel, QAbstractButton, QLineEdit, QComboBox)


def cut_buttons(root: QWidget) -> list[str]:
    """Buttons that have less room than their words ask for."""
    return [
        f"“{b.text()}” has {b.width()} of {b.sizeHint().width()} px"
        for b in _shown(root, QAbstractButton)
        if b.text() and b.width() + SLACK_PX < b.sizeHint().width()
    ]


def overlaps(root: QWidget) -> list[str]:
    """Pairs of things to read, beside each other in one parent, that cover each other."""
    found: list[str] = []
    for parent in [root, *_shown(root, QWidget)]:
        parts = [
            c
            for c in parent.children()
            if isinstance(c, READ) and c.isVisible() and not c.visibleRegion().isEmpty()
        ]
        for number, one in enumerate(parts):
            for two in parts[number + 1 :]:
                common = one.geometry().intersected(two.geometry())
                if common.width() > SLACK_PX and common.height() > SLACK_PX:
                    found.append(
                        f"{_words(one)} and {_words(two)} overlap by {common.width()}x{common.height()} px"
                    )
    return found


def pale_words(root: QWidget) -> list[str]:
    """Labels and buttons whose words have too little contrast with what is behind them, by the pixels that are shown."""
    found: list[str] = []
    whole = root.grab().toImage()
    for part in _shown(root, QWidget):
        words = part.text() if isinstance(part, QLabel | QAbstractButton) else ""
        if not words.strip() or not part.isEnabled() or "<" in words or part.visibleRegion().isEmpty():
            continue
        seen = part.visibleRegion().boundingRect()
        if seen.size() != part.size():
            continue  # cut by the edge of what scrolls: it is whole once one scrolls
        ratio = contrast_shown(whole.copy(seen.translated(part.mapTo(root, QPoint(0, 0)))))
        if ratio < LEAST_CONTRAST:
            found.append(f"“{words[:40]}” has a contrast of {ratio:.2f}")
    return found


def contrast_shown(image: QImage) -> float:
    """Contrast of the commonest colour with the one furthest from it; what is drawn once or twice does not count."""
    width, height = image.width(), image.height()
    counts = Counter(image.pixel(x, y) for x in range(width) for y in range(height))
    ground = counts.most_common(1)[0][0]
    return max((contrast(QColor(ground), QColor(c)) for c, n in counts.items() if n > 1), default=21.0)


def contrast(one: QColor, two: QColor) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    parts = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4
        for p in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _shown(root: QWidget, kind: type[QWidget]) -> Iterator[QWidget]:
    return (w for w in root.findChildren(kind) if w.isVisible() and not w.visibleRegion().isEmpty())


def _words(part: QWidget) -> str:
    text = part.text() if hasattr(part, "text") else part.currentText()
    return f"“{text[:30]}”"

"""Fixed-width text: code with Copy, and logs that follow their end."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.layouts import column, row

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(from|import|with|as|for|in|if|else|def|return|print)\b"), "text_muted"),
    (re.compile(r"(\"[^\"]*\"|'[^']*')"), "accent_text"),
    (re.compile(r"#.*$"), "text_muted"),
)
_LOG_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^\d\d:\d\d[:.\d]*"), "text_muted"),
    (re.compile(r"\b(stage|info|debug)\b", re.I), "text_muted"),
    (re.compile(r"\bwarn(ing)?\b", re.I), "warn"),
    (re.compile(r"\b(error|failed|critical)\b", re.I), "bad"),
    (re.compile(r"\bdone\b", re.I), "good"),
)


class _Tint(QSyntaxHighlighter):
    """Colours a few words by rules; the last rule that matches wins."""

    def __init__(
        self, document: QTextDocument, rules: tuple[tuple[re.Pattern[str], str], ...], *, first_only: bool
    ) -> None:
        super().__init__(document)
        self._rules = rules
        self._first_only = first_only
        theme().changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        head = text[:40] if self._first_only else text
        for pattern, role in self._rules:
            for match in pattern.finditer(head):
                ink = QTextCharFormat()
                ink.setForeground(QColor(theme().colour(role)))
                self.setFormat(match.start(), match.end() - match.start(), ink)


class _Plain(QPlainTextEdit):
    """Read-only fixed-width text without a frame of its own."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setProperty("kind", "bare")
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.document().setDocumentMargin(0)
        set_font(self, "mono")


class CodeBlock(QWidget):
    """Code or a command, with Copy.

    Parameters
    ----------
    code : str
        What is shown and copied.
    framed : bool
        On a grey ground of its own.
    """

    def __init__(self, code: str = "", *, framed: bool = True) -> None:
        super().__init__()
        self._text = _Plain()
        self._tint = _Tint(self._text.document(), _RULES, first_only=False)
        self._copy = Button("Copy", "icon", "copy", self._on_copy, small=True)
        frame = QFrame()
        frame.setProperty("kind", "code" if framed else "")
        line = row(self._text, self._copy, spacing=4, margins=(9, 6, 4, 6) if framed else (0, 0, 0, 0))
        line.setStretch(0, 1)
        line.setAlignment(self._copy, Qt.AlignmentFlag.AlignTop)
        frame.setLayout(line)
        self.setLayout(column(frame))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._fit)
        self.show_code(code)

    @property
    def code(self) -> str:
        """What is shown."""
        return self._text.toPlainText()

    def show_code(self, code: str) -> None:
        """Show other code; the height follows, up to 16 lines."""
        self._text.setPlainText(code)
        self._fit()

    def _fit(self) -> None:
        lines = min(max(self._text.blockCount(), 1), 16)
        self._text.setFixedHeight(lines * self._text.fontMetrics().lineSpacing() + 14)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code)


class LogView(_Plain):
    """Lines of a log; stays at the end while the person is there, else stays where they read.

    Parameters
    ----------
    most : int
        Lines kept; the oldest go first.
    """

    def __init__(self, most: int = 20_000) -> None:
        super().__init__()
        self.setMaximumBlockCount(most)
        self._tint = _Tint(self.document(), _LOG_RULES, first_only=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_lines(self, lines: Iterable[str]) -> None:
        """Show these lines instead."""
        self.setPlainText("\n".join(lines))
        self._to_end()

    def add_lines(self, lines: Iterable[str]) -> None:
        """Add lines below, in one step."""
        bar = self.verticalScrollBar()
        follow = bar.value() >= bar.maximum() - 2
        text = "\n".join(lines)
        if text:
            self.appendPlainText(text)
        if follow:
            self._to_end()

    def _to_end(self) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

"""What all charts share: a note, "View as table", export, a summary in words, the theme."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPixmap,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.cells import Value
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, set_shown
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn

FORMATS = ("png", "svg", "pdf", "csv")
_PNG_SCALE = 2.0
_PDF_DPI = 300
_SCREEN_DPI = 96


@dataclass(frozen=True, slots=True)
class ChartTable:
    """What a chart shows, as rows."""

    names: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


class Chart(QWidget):
    """Base of the charts. A subclass fills `surface` and answers `table`, `summary` and `render_chart`.

    Parameters
    ----------
    name : str
        What it is, for exports and screen readers.
    """

    picked = Signal(str)
    """Key of a point, bar or cell that was clicked."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.name = name
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._note = Label("", "small", "muted")
        self._table: SimpleTable | None = None
        self.surface = QWidget()
        self.surface_layout: QVBoxLayout = column(spacing=4)
        self.surface.setLayout(self.surface_layout)
        holder = QWidget()
        self._pages = QStackedLayout(holder)
        self._pages.addWidget(self.surface)
        self.setLayout(column(holder, self._note, spacing=2))
        self.layout().setStretch(0, 1)  # type: ignore[union-attr]
        set_shown(self._note, False)
        theme().changed.connect(self.restyle)

    def table(self) -> ChartTable:
        """What is shown, as rows."""
        raise NotImplementedError

    def summary(self) -> str:
        """What is shown, in a sentence."""
        raise NotImplementedError

    def render_chart(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the chart into `rect`, for exports."""
        raise NotImplementedError

    def restyle(self) -> None:
        """The theme changed."""
        self.update()

    @property
    def note(self) -> str:
        """The line below the chart."""
        return self._note.text()

    def show_note(self, text: str) -> None:
        """Show a line below the chart, or none."""
        self._note.setText(text)
        set_shown(self._note, bool(text))

    @property
    def shows_table(self) -> bool:
        """Whether the rows are shown instead of the picture."""
        return self._table is not None and self._pages.currentWidget() is self._table

    def show_as_table(self, on: bool = True) -> None:
        """Show rows instead of the picture, or the picture again."""
        if self._table is not None:
            self._pages.removeWidget(self._table)
            self._table.deleteLater()
            self._table = None
        if on:
            data = self.table()
            numeric = [all(not isinstance(r[i], str) for r in data.rows) for i in range(len(data.names))]
            self._table = SimpleTable(
                [TableColumn(n, n, right=numeric[i], stretch=1) for i, n in enumerate(data.names)], dense=True
            )
            self._table.set_rows([(str(i), row) for i, row in enumerate(data.rows)])
            self._pages.addWidget(self._table)
            self._pages.setCurrentWidget(self._table)

    def told(self) -> None:
        """A subclass calls it when it shows other data."""
        self.setAccessibleDescription(self.summary())
        if self.shows_table:
            self.show_as_table()

    def sizeHint(self) -> QSize:
        """As in the design's cards."""
        return QSize(theme().px(420), theme().px(220))

    def minimumSizeHint(self) -> QSize:
        """Small, but readable."""
        return QSize(theme().px(160), theme().px(110))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the chart."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu)
        menu.popup(event.globalPos())

    def fill_menu(self, menu: QMenu) -> None:
        """Add what can be done with a chart."""
        words = self.tr("View as chart") if self.shows_table else self.tr("View as table")
        menu.addAction(words, lambda: self.show_as_table(not self.shows_table))
        menu.addAction(self.tr("Copy picture"), self.copy_picture)
        menu.addSeparator()
        for suffix in FORMATS:
            menu.addAction(self.tr("Export {}...").format(suffix.upper()), lambda s=suffix: self._ask_path(s))

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self._pixmap(_PNG_SCALE))

    def export(self, path: Path) -> None:
        """Write the chart to `path`; the suffix says how.

        Raises
        ------
        InvalidInputError
            The suffix is none of png, svg, pdf, csv, or the file can't be written.
        """
        suffix = path.suffix.lower().removeprefix(".")
        if suffix not in FORMATS:
            raise InvalidInputError(
                f"A chart can't be written as “{path.suffix}”.", remedy="Use .png, .svg, .pdf or .csv."
            )
        try:
            path.write_bytes(self._bytes(suffix))
        except OSError as error:
            raise InvalidInputError(
                f"{path.name} could not be written.", reason=error.strerror or str(error)
            ) from error

    def _bytes(self, suffix: str) -> bytes:
        from PySide6.QtCore import QBuffer, QIODevice

        if suffix == "csv":
            return self.as_csv().encode("utf-8")
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if suffix == "png":
            self._pixmap(_PNG_SCALE).save(buffer, "PNG")
        elif suffix == "svg":
            self._write_svg(buffer)
        else:
            self._write_pdf(buffer)
        buffer.close()
        return bytes(buffer.data().data())

    def as_csv(self) -> str:
        """The rows as CSV; missing values are empty."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        data = self.table()
        writer.writerow(data.names)
        writer.writerows(["" if v is None else v for v in row] for row in data.rows)
        return out.getvalue()

    def _area(self) -> QRectF:
        return QRectF(0, 0, max(self.surface.width(), 320), max(self.surface.height(), 160))

    def _pixmap(self, scale: float) -> QPixmap:
        area = self._area()
        pixmap = QPixmap(round(area.width() * scale), round(area.height() * scale))
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(theme().colour("surface"))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.render_chart(painter, area)
        painter.end()
        return pixmap

    def _write_svg(self, device: object) -> None:
        area = self._area()
        generator = QSvgGenerator()
        generator.setOutputDevice(device)  # type: ignore[arg-type]
        generator.setSize(area.size().toSize())
        generator.setViewBox(area)
        generator.setTitle(self.name)
        generator.setDescription(self.summary())
        painter = QPainter(generator)
        painter.fillRect(area, theme().colour("surface"))
        self.render_chart(painter, area)
        painter.end()

    def _write_pdf(self, device: object) -> None:
        area = self._area()
        writer = QPdfWriter(device)  # type: ignore[call-overload]
        writer.setResolution(_PDF_DPI)
        writer.setTitle(self.name)
        points = area.size() * (72 / _SCREEN_DPI)
        writer.setPageSize(QPageSize(points, QPageSize.Unit.Point))
        writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Point)
        painter = QPainter(writer)
        painter.scale(_PDF_DPI / _SCREEN_DPI, _PDF_DPI / _SCREEN_DPI)
        painter.fillRect(area, theme().colour("surface"))
        self.render_chart(painter, area)
        painter.end()

    def _ask_path(self, suffix: str) -> None:
        dialog = QFileDialog(self, self.tr("Export chart"), f"{self.name or 'chart'}.{suffix}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_path)
        dialog.open()

    def _on_path(self, path: str) -> None:
        try:
            self.export(Path(path))
        except InvalidInputError as error:
            self.show_note(str(error))


def nice_ticks(low: float, high: float, most: int = 5) -> Sequence[float]:
    """Round numbers from at or below `low` to at or above `high`, at most about `most` steps (1, 2, 2.5 or 5 times a power of ten)."""
    if not high > low:
        high = low + (abs(low) or 1)
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [i * step for i in range(first, last + 1)]

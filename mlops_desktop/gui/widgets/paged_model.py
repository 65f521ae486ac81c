"""The Qt model of a long table: pages are asked for off the GUI thread, as they come on screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from mlops_desktop.domain.errors import UserError
from mlops_desktop.gui.tasks import Tasks
from mlops_desktop.gui.widgets.cells import format_number
from mlops_desktop.gui.widgets.page_cache import PageCache
from mlops_desktop.gui.widgets.table_header import ColumnInfo

Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_ALIGN = int(Qt.ItemDataRole.TextAlignmentRole)
MOST_ROWS = 50_000_000
"""Rows the view is told of at once: Qt's heights are 32 bit. Beyond, a window of the table is shown."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """Sort by `column`, the first key before the second."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a source: sort keys in order, and a filter that only the source understands."""

    sort: tuple[SortKey, ...] = ()
    where: Any = None


class RowsByColumn(Protocol):
    """A page: a list of values per column, all of the same length."""

    @property
    def columns(self) -> Sequence[Sequence[Any]]:
        """Values by column."""
        ...

    @property
    def total_rows(self) -> int:
        """Rows of the whole answer as far as known."""
        ...


class PageSource(Protocol):
    """Where rows come from. Both are called on another thread than the window's."""

    def page(self, query: Query, first: int, count: int) -> RowsByColumn:
        """Rows `first` to `first + count` of the answer to `query`, all columns."""
        ...

    def count(self, query: Query) -> int:
        """Exact number of rows of the answer."""
        ...


class PagedTableModel(QAbstractTableModel):
    """Rows of a `PageSource`; a value that is not here yet is shown as a placeholder.

    Parameters
    ----------
    tasks : Tasks
        Runs the calls.
    cache : PageCache, optional
        Other sizes, for tests.
    """

    total_known = Signal(int)
    """The exact number of rows came."""
    failed = Signal(object)
    """A `UserError` of the source."""

    def __init__(
        self, tasks: Tasks, cache: PageCache[RowsByColumn] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self.cache: PageCache[RowsByColumn] = cache or PageCache()
        self.infos: list[ColumnInfo] = []
        self.query = Query()
        self.total = 0
        """Rows of the whole answer."""
        self.first_row = 0
        """Row of the answer that the model's row 0 is; above 0 only in tables past `MOST_ROWS`."""
        self.most_rows = MOST_ROWS
        self._source: PageSource | None = None
        self._generation = 0

    def show_source(
        self, source: PageSource | None, infos: Sequence[ColumnInfo], total: int, query: Query | None = None
    ) -> None:
        """Show other rows.

        Parameters
        ----------
        total : int
            Rows as far as known; the exact number is asked for when there is a filter.
        """
        self.beginResetModel()
        self._source, self.infos = source, list(infos)
        self._start(query or Query(), total)
        self.endResetModel()
        if source is not None and self.query.where is not None:
            self._ask_count()

    def show_query(self, query: Query) -> None:
        """Sort or filter otherwise; the number of rows is asked for when the filter changed."""
        if query == self.query:
            return
        filter_changed = query.where != self.query.where
        self.beginResetModel()
        self._start(query, self.total)
        self.endResetModel()
        if filter_changed:
            self._ask_count()

    def refresh_infos(self, infos: Sequence[ColumnInfo]) -> None:
        """The header knows more now (the exact profile came); rows stay."""
        self.infos = list(infos)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(len(self.infos) - 1, 0))

    def show_window(self, first_row: int) -> None:
        """In a table past `most_rows`: let the model start at `first_row` of the answer."""
        first_row = max(min(first_row, self.total - self.most_rows), 0)
        if first_row != self.first_row:
            self.beginResetModel()
            self.first_row = first_row
            self.endResetModel()

    def look_at(self, first: int, last: int) -> None:
        """The view shows the model's rows `first` to `last`: ask for what is missing."""
        self.cache.look_at(self.first_row + first, self.first_row + last)
        self._ask_pages()

    def value(self, row: int, column: int) -> tuple[bool, Any]:
        """Whether the value at the model's `row` is here, and the value; a truth value in its column's words."""
        page_number, offset = divmod(row + self.first_row, self.cache.page_rows)
        page = self.cache.get(page_number)
        if page is None:
            return False, None
        values = page.columns[column]
        found = values[offset] if offset < len(values) else None
        if isinstance(found, bool) and (words := self.infos[column].words):
            return True, words[found]
        return True, found

    def rowCount(self, parent: Index | None = None) -> int:
        """Rows that the view is told of."""
        if parent is not None and parent.isValid():
            return 0
        return min(self.total - self.first_row, self.most_rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Columns."""
        return len(self.infos)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Text, and words for a screen reader; the delegate takes `value`."""
        if role not in (_DISPLAY, _ACCESSIBLE):
            return None
        here, value = self.value(index.row(), index.column())
        text = as_text(value) if here else ""
        if role == _DISPLAY:
            return text
        info = self.infos[index.column()]
        return f"{info.name}: {text if here and value is not None else 'missing' if here else 'loading'}"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """Column names; row numbers from 1."""
        if orientation == Qt.Orientation.Vertical:
            return f"{section + self.first_row + 1:,}" if role == _DISPLAY else None
        info = self.infos[section]
        if role == _DISPLAY:
            return info.name
        if role == _ALIGN:
            return int(Qt.AlignmentFlag.AlignRight if info.numeric else 0)
        if role == _ACCESSIBLE:
            return ", ".join(part for part in (info.name, info.type, info.chip, info.counts) if part)
        return None

    def _start(self, query: Query, total: int) -> None:
        self._generation += 1
        self.cache.clear()
        self.query, self.total, self.first_row = query, total, 0

    def _ask_pages(self) -> None:
        source = self._source
        if source is None or self.total == 0:
            return
        for page in self.cache.next_to_ask():
            self._tasks.run(
                self._page_call(source, page),
                self._taker(page, self._generation),
                owner=self,
                failed=self._on_failed_page(page, self._generation),
            )

    def _page_call(self, source: PageSource, page: int) -> Callable[[], RowsByColumn]:
        query, rows = self.query, self.cache.page_rows
        return lambda: source.page(query, page * rows, rows)

    def _taker(self, page: int, generation: int) -> Callable[[RowsByColumn], None]:
        def take(rows: RowsByColumn) -> None:
            if generation != self._generation:
                return
            self.cache.put(page, rows)
            if self.cache.is_shown(page) and self.infos:
                first = max(page * self.cache.page_rows - self.first_row, 0)
                last = min(first + self.cache.page_rows, self.rowCount()) - 1
                if last >= first:
                    self.dataChanged.emit(
                        self.index(first, 0), self.index(last, len(self.infos) - 1), [_DISPLAY]
                    )
            self._ask_pages()

        return take

    def _on_failed_page(self, page: int, generation: int) -> Callable[[UserError], None]:
        def fail(error: UserError) -> None:
            if generation == self._generation:
                self.cache.give_up(page)
                self.failed.emit(error)

        return fail

    def _ask_count(self) -> None:
        source, query, generation = self._source, self.query, self._generation
        if source is None:
            return

        def take(total: int) -> None:
            if generation != self._generation:
                return
            self.beginResetModel()
            self.total = total
            self.endResetModel()
            self.total_known.emit(total)

        self._tasks.run(lambda: source.count(query), take, owner=self, key="count", failed=self.failed.emit)


def as_text(value: Any) -> str:
    """A stored value as it is shown and copied, with all its digits; missing is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if value == value else "NaN"
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def shown_text(value: Any) -> str:
    """A stored value as the table paints it: whole, in one line; a truth value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(value).removesuffix(".0") if abs(value) < 1e15 else format_number(value)
    text = as_text(value)
    return text if "\n" not in text else text.replace("\r\n", "⏎").replace("\n", "⏎")

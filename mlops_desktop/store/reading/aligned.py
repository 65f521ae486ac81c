"""Texts drawn for the eye: columns aligned by blanks, with runs of blanks between, or within a frame of bars.

They are written anew with a separator before anything else looks at them, line by line, so that line numbers hold.
Where a line does not keep to the columns that the first lines show the file is refused: nothing is guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

BLANKS = "  "
"""The separator by which a person chooses columns aligned by blanks."""
SEPARATOR = "\x1f"
"""What separates the values once the text is written anew."""
_LOOKED_AT = 400
_ENOUGH = 6
"""Lines that are cut into equally many values by chance hardly ever, where some values have blanks within."""
_RULE = re.compile(r"[-=+| :]*[-=]{2}[-=+| :]*|\(\d+ rows?\)")
"""A line drawn under the names or around the table, or the number of rows below it."""
_NARROWER = re.compile("[^ ]* +| +[^ ]*")
"""A gap into which a longer value reaches from one side."""


class CrossedError(Exception):
    """A line that does not keep to the columns; `line` is its number, from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


@dataclass(frozen=True)
class Columns:
    """How the values of a line are told apart."""

    count: int
    gaps: tuple[tuple[int, int], ...] = ()
    """First and behind-the-last place of the blanks between two columns; none where any run of blanks separates."""
    has_bars: bool = False
    """Whether bars stand between the columns, above or below a drawn line."""

    @property
    def why(self) -> str:
        """The reason, in words."""
        if self.has_bars:
            return f"Bars and drawn lines frame {self.count} columns; the lines and the blanks at the bars are left out."
        if not self.gaps:
            return f"Runs of blanks cut each line into {self.count}."
        places = ", ".join(str(end + 1) for _, end in self.gaps[:12])
        return f"Aligned: blanks stand at the same places in all lines; columns begin at letter 1, {places}."

    def values(self, text: str, line: int) -> list[str]:
        """The values of a line, without the blanks around them.

        Raises
        ------
        CrossedError
            The line has another number of values.
        """
        if self.has_bars:
            found = [value.strip(" ") for value in _within_bars(text)]
            if len(found) != self.count:
                raise CrossedError(
                    line, f"has {len(found)} values between its bars, the lines before {self.count}"
                )
            return found
        if not self.gaps:
            found = text.split()
            if len(found) != self.count:
                raise CrossedError(
                    line, f"has {len(found)} values between its blanks, the lines before {self.count}"
                )
            return found
        edges = [0, *(end for _, end in self.gaps), max(len(text), self.gaps[-1][1])]
        return [text[a:b].strip(" ") for a, b in pairwise(edges)]


def find_columns(head: str, *, is_whole: bool) -> Columns | None:
    """The columns of a text that begins with `head`, or `None` where it isn't drawn for the eye."""
    written = [line for line in head.splitlines() if line.strip()]
    written = (written if is_whole else written[:-1])[:_LOOKED_AT]
    lines = [line for seen, line in enumerate(written) if not _is_drawn(line, seen)]
    if SEPARATOR in head:
        return None
    if len(lines) > 1 and any(_RULE.fullmatch(line) and set(line) & set("|+") for line in written[:3]):
        counts = Counter(len(_within_bars(line)) for line in lines)
        width = len(_within_bars(lines[0]))
        if width > 1 and counts[width] * 2 > len(lines):
            return Columns(width, has_bars=True)
    if len(lines) < 3 or any("\t" in line for line in lines) or not has_runs(lines):
        return None
    gaps, counts = _gaps(lines), {len(line.split()) for line in lines}
    if gaps and counts != {len(gaps) + 1}:
        return Columns(len(gaps) + 1, gaps)
    alike = len(counts) == 1 and counts != {1} and '"' not in head
    if alike and _are_apart(lines) and (gaps or len(lines) >= _ENOUGH):
        return Columns(counts.pop())
    return Columns(len(gaps) + 1, gaps) if gaps else None


def _within_bars(line: str) -> list[str]:
    bare = line.strip()
    framed = len(bare) > 1 and bare.startswith("|") and bare.endswith("|")
    return (bare[1:-1] if framed else line).split("|")


def has_runs(lines: Sequence[str]) -> bool:
    """Whether most lines have two blanks or more between words."""
    return sum(BLANKS in line.strip() for line in lines) * 2 > len(lines)


def _are_apart(lines: Sequence[str]) -> bool:
    """Whether two blanks or more stand between each two neighbours in some line: one alone may be part of a value."""
    runs = [[len(run) for run in re.findall(" +", line.strip())] for line in lines]
    return all(max(between) > 1 for between in zip(*runs, strict=True))


def _gaps(lines: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Places that are blank in all lines, between columns that each have a name in the first line and a value below.

    None where a blank that all lines share may as well stand within the values of one column.
    """
    width = max(len(line.rstrip()) for line in lines)
    padded = [line.ljust(width) for line in lines]
    blank = "".join("x" if all(line[place] == " " for line in padded) else "." for place in range(width))
    gaps = [(found.start(), found.end()) for found in re.finditer("x+", blank) if found.start() > 0]
    edges = [0, *(end for _, end in gaps), width]
    for start, end in pairwise(edges):
        has_value = any(line[start:end].strip() for line in padded[1:])
        name = padded[0][start:end].strip()
        if not has_value or not name or BLANKS in name:
            return ()
    if any(all(_run_at(line, start) < 2 for line in padded) for start, _ in gaps):
        return ()
    return tuple(gaps)


def _run_at(line: str, place: int) -> int:
    """How many blanks stand together at a place of a line."""
    return len(line) - len(line[:place].rstrip()) - len(line[place:].lstrip())


def over_all_lines(columns: Columns, path: Path, limit: int | None) -> Columns:
    """The columns with each gap as narrow as all lines leave it: a number may grow longer further down.

    Raises
    ------
    CrossedError
        A line has letters all over a gap, in the middle of it or on both sides.
    """
    gaps = list(columns.gaps)
    for number, line in _table_lines(path, limit):
        for place, (start, end) in enumerate(gaps if line is not None else ()):
            assert line is not None
            if not line[start:end].strip(" "):
                continue
            if not _NARROWER.fullmatch(line[start:end].ljust(end - start)):
                what = f"has “{line[start:end].strip()}” at letter {start + 1}, where the lines before have blanks"
                raise CrossedError(number, what)
            blank = [at for at in range(start, end) if line[at : at + 1] in (" ", "")]
            gaps[place] = (blank[0], blank[-1] + 1)
    return replace(columns, gaps=tuple(gaps))


def what_may_separate(head: str) -> str:
    """What seems to separate values in the lines of a text of one column, in words; empty where nothing does."""
    lines = [line for line in head.splitlines() if line.strip()][:_LOOKED_AT]
    if has_runs(lines):
        return "Runs of blanks in it may stand for columns of fixed width."
    for mark in (",", ";", "\t", "|"):
        if len(lines) > 2 and mark in lines[0] and not any(mark in line for line in lines[1:]):
            return (
                f"The first line has {lines[0].count(mark)} “{mark}” that the rows lack: they may be short."
            )
    for mark in sorted(set(lines[0]) if len(lines) > 2 else set[str]()):
        count = lines[0].count(mark)
        if not (mark.isalnum() or mark in " _\"'()[]{}<>") and all(
            line.count(mark) == count for line in lines
        ):
            whole = all(line.startswith('"') and line.endswith('"') for line in lines)
            within = ", within the quotes around it" if whole else ""
            return f"Each line has {count} “{mark}”{within}: if it separates values, choose it."
    return ""


def write_separated(path: Path, target: Path, columns: Columns, limit: int | None) -> None:
    """Write the lines of a UTF-8 text with `SEPARATOR` between their values.

    Parameters
    ----------
    path, target : Path
        From and to.
    columns : Columns
        How they are told apart.
    limit : int or None
        Bytes after which no more lines are taken; all by default.

    Raises
    ------
    CrossedError
        A line does not keep to the columns.
    """
    with target.open("w", encoding="utf-8", newline="") as out:
        for number, line in _table_lines(path, limit):
            if line is not None and SEPARATOR in line:
                raise CrossedError(number, "has a unit separator (U+001F) in it")
            out.write(("" if line is None else SEPARATOR.join(columns.values(line, number))) + "\n")


def _is_drawn(line: str, seen: int) -> bool:
    """Whether a line is drawn: one of dashes alone may also be a row of missing values, but not at the top.

    Parameters
    ----------
    seen : int
        Lines before it that are not blank.
    """
    return _RULE.fullmatch(line) is not None and (seen < 3 or "+" in line or line.startswith("("))


def _table_lines(path: Path, limit: int | None) -> Iterator[tuple[int, str | None]]:
    """Each line with its number; `None` for one that is blank or drawn."""
    seen = 0
    for number, line in enumerate(_lines(path, limit), start=1):
        plain = not line.strip()
        yield number, None if plain or _is_drawn(line, seen) else line
        seen += not plain


def _lines(path: Path, limit: int | None) -> Iterator[str]:
    """The lines without their ends; with a limit only those that lie within it as a whole."""
    taken = 0
    with path.open(encoding="utf-8-sig") as file:
        for line in file:
            taken += len(line.encode()) if limit is not None else 0
            if limit is not None and taken > limit:
                return
            yield line.rstrip("\n")

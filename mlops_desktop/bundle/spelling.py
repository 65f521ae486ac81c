"""Numbers, dates and words for missing as the file of the training data wrote them.

Each input's ``spelling`` in ``signature.json`` says how: ``1.234,5`` for a number, the day before the month, ``-`` for
nothing. The plain forms, ``1234.5`` and ``2012-10-31``, are read beside them. What both forms could be, and mean
different numbers in, is decided by the other values of the column, or refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Spelling:
    """How the values of an input are written."""

    decimal: str = "."
    """The decimal mark."""
    marks: str = ""
    """Letters that may stand between groups of three digits."""
    signs: str = ""
    """Signs around a number that say nothing, such as a percent sign."""
    dates: tuple[str, ...] = ()
    """Formats of ``strptime`` beside the ISO form."""
    missing: frozenset[str] = frozenset()
    """Words for a missing value."""

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Spelling:
        """The spelling in an entry of ``signature.json``; the plain one where it says none."""
        return cls(
            str(entry.get("decimal", ".")),
            str(entry.get("marks", "")),
            str(entry.get("signs", "")),
            tuple(map(str, entry.get("dates", ()))),
            frozenset(map(str, entry.get("missing", ()))),
        )

    @property
    def is_plain(self) -> bool:
        """Whether numbers are written as programs write them."""
        return self.decimal == "." and not self.marks and not self.signs

    @cached_property
    def _shape(self) -> re.Pattern[str]:
        point = re.escape(self.decimal)
        grouped = f"\\d{{1,3}}(?:[{re.escape(self.marks)}]\\d{{3}})+(?:{point}\\d*)?|" if self.marks else ""
        return re.compile(f"-?(?:{grouped}\\d+(?:{point}\\d*)?|{point}\\d+)", re.ASCII)

    def number(self, text: str) -> float | None:
        """The number that `text` is in this spelling, or None."""
        bare = text.translate({ord(sign): None for sign in self.signs}).strip()
        if not self._shape.fullmatch(bare):
            return None
        return float(bare.translate({ord(mark): None for mark in self.marks}).replace(self.decimal, "."))

    def moment(self, text: str) -> datetime:
        """The date or time that `text` is in one of the formats.

        Raises
        ------
        ValueError
            It is in none of them.
        """
        for form in self.dates:
            try:
                return datetime.strptime(text.strip().replace("T", " "), form)
            except ValueError:
                continue
        raise ValueError(text)


class TwofoldError(ValueError):
    """A text that is one number in the plain form and another as the training data wrote it."""


class NumberReader:
    """Reads the numbers of one column in the plain form and in a spelling.

    Parameters
    ----------
    spelling : Spelling
        How the training data wrote them.
    texts : iterable of str
        All values of the column at hand: those that are a number in one form alone decide which form the others have.
    """

    def __init__(self, spelling: Spelling, texts: Iterable[str | None]) -> None:
        self._spelling = spelling
        forms = {self._form(text) for text in texts if text} if spelling.decimal != "." else set[str]()
        forms.discard("")
        self._decided = forms.pop() if len(forms) == 1 else ""

    def _form(self, text: str) -> str:
        """``plain`` or ``spelled`` for a text that is a number in that form alone, else an empty text."""
        plain, spelled = plain_number(text), self._spelling.number(text)
        if (plain is None) == (spelled is None):
            return ""
        return "spelled" if plain is None else "plain"

    def __call__(self, text: str) -> float:
        """The number.

        Raises
        ------
        TwofoldError
            It may be either of two, and nothing decides.
        ValueError
            It is none.
        """
        plain, spelled = plain_number(text), self._spelling.number(text)
        if plain is None or spelled is None:
            found = spelled if plain is None else plain
            return _special(text) if found is None else found
        if plain != spelled and self._spelling.decimal != "." and not self._decided:
            raise TwofoldError(f"{plain:.15g} or {spelled:.15g}")
        return spelled if self._decided == "spelled" else plain


def _special(text: str) -> float:
    """Infinity; what is no number at all is an error."""
    if not text.strip().lstrip("+-").isalpha():
        raise ValueError(text)
    return float(text)


def plain_number(text: str) -> float | None:
    """The number that `text` is as programs write it, or None."""
    bare = text.strip()
    return float(bare) if _PLAIN.fullmatch(bare) else None

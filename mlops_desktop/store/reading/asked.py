"""What a person asked of the reading, checked before a file is opened: options that no reader could follow."""

from __future__ import annotations

import codecs

from mlops_desktop.domain.errors import InvalidInputError, Where
from mlops_desktop.domain.imports import ImportOptions
from mlops_desktop.store.reading.choices import TYPES

LONGEST_DELIMITER_BYTES = 4
_NO_MARK = "\r\n\0"


def check_options(options: ImportOptions) -> None:
    """Refuse options that can't be followed.

    Raises
    ------
    InvalidInputError
        Names the option, and what it can be.
    """
    if options.encoding:
        _check_encoding(options.encoding)
    if options.delimiter is not None:
        _check_delimiter(options.delimiter)
    if options.quote is not None:
        _check_quote(options.quote, options.delimiter)
    if options.skip_rows is not None and options.skip_rows < 0:
        raise _error("skip_rows", f"{options.skip_rows} lines can't be skipped.", "Choose 0 or more.")
    mark = options.decimal_mark
    if mark is not None and mark == options.thousands_mark:
        raise _error(
            "thousands_mark", f"“{mark}” can't be the mark of decimals and of thousands.", "Choose two marks."
        )
    for column, kind in options.types.items():
        if kind not in TYPES:
            listed = ", ".join(t.value for t in TYPES)
            raise _error("types", f"{column} can't be read as {kind}.", f"Choose one of {listed}.", column)


def _check_encoding(name: str) -> None:
    try:
        found = codecs.lookup(name)
        "".encode(found.name)
    except LookupError as error:
        raise _error(
            "encoding", f"There is no encoding “{name[:80]}”.", "Choose one such as utf-8, cp1252 or utf-16."
        ) from error


def _check_delimiter(delimiter: str) -> None:
    size = len(delimiter.encode("utf-8", "replace"))
    if not 0 < size <= LONGEST_DELIMITER_BYTES or any(letter in delimiter for letter in _NO_MARK):
        raise _error(
            "delimiter",
            f"“{delimiter[:20]}” can't separate values."
            if delimiter.strip()
            else "This can't separate values.",
            f"Choose one to {LONGEST_DELIMITER_BYTES} letters without a line end.",
        )


def _check_quote(quote: str, delimiter: str | None) -> None:
    if quote and (
        len(quote) != 1 or not quote.isascii() or quote in _NO_MARK or quote in (delimiter or ",;|\t ")
    ):
        raise _error(
            "quote",
            f"“{quote[:20]}” can't be the quote.",
            "Choose one letter of ASCII that is no part of the separator, or none.",
        )


def _error(option: str, message: str, remedy: str, column: str | None = None) -> InvalidInputError:
    return InvalidInputError(message, remedy=remedy, where=Where(field=f"options.{option}", column=column))

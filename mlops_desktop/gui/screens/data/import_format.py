"""The fields of a file's format: what can be chosen, and what was found. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from mlops_desktop.domain.imports import FilePreview, ImportOptions

FOUND = ""
"""Key of "found by itself"."""
_DELIMITERS = (
    (",", "Comma"),
    (";", "Semicolon"),
    ("\t", "Tab"),
    ("|", "Pipe"),
    (" ", "Space"),
    ("  ", "Blanks, aligned"),
    ("\x1f", "None"),
)
_ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("cp1252", "Windows-1252"),
    ("latin-1", "ISO 8859-1"),
    ("utf-16", "UTF-16"),
    ("cp1250", "Windows-1250"),
    ("cp1251", "Windows-1251"),
    ("shift_jis", "Shift JIS"),
    ("gb18030", "GB 18030"),
    ("big5", "Big5"),
    ("euc_kr", "EUC-KR"),
)
_MARKS = ((".", "Point"), (",", "Comma"))
_ORDERS = (("day first", "Day first"), ("month first", "Month first"))
_HEADERS = (("yes", "First row"), ("no", "None"))


@dataclass(frozen=True, slots=True)
class FormatField:
    """One option of the format.

    `options` are (key, words); a field without options takes text. `note` stands for what can't be chosen here.
    """

    key: str
    name: str
    options: tuple[tuple[str, str], ...]
    choice: str
    fixed: bool = False
    """A person chose it."""
    enabled: bool = True
    note: str = ""


def format_fields(asked: ImportOptions, preview: FilePreview | None) -> tuple[FormatField, ...]:
    """The fields, each with what holds now.

    Parameters
    ----------
    asked : ImportOptions
        What the person fixed.
    preview : FilePreview, optional
        What was found.
    """
    found = preview.options if preview is not None else ImportOptions()
    is_text = preview is None or "text" in preview.format
    not_text = "" if is_text else "not a text file"
    sheets = preview.sheets if preview is not None else ()
    return (
        _select("delimiter", "Delimiter", _DELIMITERS, asked.delimiter, found.delimiter, not_text),
        _select("encoding", "Encoding", _ENCODINGS, asked.encoding, found.encoding, not_text),
        _select("decimal_mark", "Decimal mark", _MARKS, asked.decimal_mark, found.decimal_mark, ""),
        _select("date_order", "Dates", _ORDERS, asked.date_order, found.date_order, ""),
        _select("header", "Header", _HEADERS, _yes_no(asked.header), _yes_no(found.header), ""),
        FormatField(
            "missing", "Missing is", (), ", ".join(asked.missing or ()), asked.missing is not None, note="empty cell"
        ),
        _select(
            "sheet",
            "Sheet",
            tuple((s, s) for s in sheets),
            asked.sheet,
            found.sheet,
            "" if sheets else "not a workbook",
        ),
    )  # fmt: skip


def _select(
    key: str,
    name: str,
    known: tuple[tuple[str, str], ...],
    asked: str | None,
    found: str | None,
    why_not: str,
) -> FormatField:
    if why_not:
        return FormatField(key, name, ((FOUND, why_not),), FOUND, enabled=False, note=why_not)
    options = dict(known)
    value = asked if asked is not None else found
    if value is None:
        return FormatField(key, name, ((FOUND, "Found by itself"), *options.items()), FOUND)
    options.setdefault(value, value)
    if asked is not None:
        return FormatField(key, name, ((FOUND, "Found by itself"), *options.items()), value, fixed=True)
    return FormatField(key, name, tuple(options.items()), value)


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def option_value(key: str, choice: str) -> str | bool | tuple[str, ...] | None:
    """What a choice in the field `key` means as a value of `ImportOptions`."""
    if key == "missing":
        return tuple(part.strip() for part in choice.split(",") if part.strip()) or None
    if choice == FOUND:
        return None
    return choice == "yes" if key == "header" else choice

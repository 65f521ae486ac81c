"""What the help shows: pages as sections of text, and the glossary with its search. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mlops_desktop.gui.language import tr

PageName = Literal["loop", "glossary", "errors", "about"]
PAGES: tuple[tuple[PageName, str], ...] = (
    ("loop", "Round the loop"),
    ("glossary", "Glossary"),
    ("errors", "When something goes wrong"),
    ("about", "About"),
)


@dataclass(frozen=True, slots=True)
class HelpIntent:
    """A page, and a word looked for in the glossary."""

    page: PageName = "loop"
    search: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading and its text; ``**bold**`` and `` `code` `` are marked in it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Licence:
    """Something that the application is made of, and under which terms."""

    name: str
    terms: str
    what: str


LICENCES: tuple[Licence, ...] = (
    Licence(
        "MLOps Desktop", "Apache-2.0", "this program; its icons are drawn for it and under the same licence"
    ),
    Licence("Inter", "OFL-1.1", "the type, by the Inter Project Authors; shipped unchanged"),
    Licence(
        "Bike Sharing Dataset",
        "CC BY 4.0",
        "sample data, H. Fanaee-T and J. Gama, UCI; trips by Capital Bikeshare",
    ),
    Licence("Statlog (German Credit)", "CC BY 4.0", "sample data, H. Hofmann, UCI"),
    Licence("Qt and PySide6", "LGPL-3.0", "the window"),
    Licence("DuckDB", "MIT", "the store"),
    Licence("scikit-learn, LightGBM, ONNX Runtime", "BSD-3-Clause, MIT, MIT", "training and scoring"),
    Licence("pyqtgraph, NumPy, pandas", "MIT, BSD-3-Clause, BSD-3-Clause", "charts and arrays"),
    Licence(
        "msgspec, Starlette, uvicorn, APScheduler",
        "BSD-3-Clause, BSD-3-Clause, BSD-3-Clause, MIT",
        "service and wire",
    ),
)


def intent_of(wanted: object) -> HelpIntent:
    """The intent that another place hands over: a page's name, or a term of the glossary."""
    if isinstance(wanted, HelpIntent):
        return wanted
    if isinstance(wanted, str):
        return next((HelpIntent(name) for name, _ in PAGES if name == wanted), HelpIntent("glossary", wanted))
    return HelpIntent()


def parse_page(text: str) -> tuple[Entry, ...]:
    """The entries of a page: each ``## heading`` with what follows it; the page's own title is left out."""
    entries: list[Entry] = []
    for part in text.split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        entries.append(
            Entry(title.strip(), " ".join(line.strip() for line in body.splitlines() if line.strip()))
        )
    return tuple(entries)


def found(entries: Sequence[Entry], search: str) -> tuple[Entry, ...]:
    """Entries that have the words of `search`: first those named so, then those that speak of it."""
    wanted = search.strip().casefold()
    if not wanted:
        return tuple(entries)
    named = [e for e in entries if wanted in e.title.casefold()]
    named.sort(key=lambda e: not e.title.casefold().startswith(wanted))
    telling = [e for e in entries if e not in named and wanted in e.text.casefold()]
    return (*named, *telling)


def marked(text: str) -> str:
    """`text` as the rich text that labels take: bold and code marked, everything else as written."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    bold = safe.split("**")
    safe = "".join(f"<b>{part}</b>" if i % 2 else part for i, part in enumerate(bold))
    code = safe.split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(code))


def as_html(entries: Sequence[Entry], muted: str) -> str:
    """Entries as rich text: headings, and their text.

    Parameters
    ----------
    muted : str
        Colour of the lines between entries, ``#rrggbb``.
    """
    parts = [
        f'<p style="margin-bottom:2px"><b>{marked(e.title)}</b></p><p style="margin-top:0px">{marked(e.text)}</p>'
        for e in entries
    ]
    return f'<hr style="background:{muted}" width="100%" />'.join(parts)


def glossary_count(count: int, total: int) -> str:
    """How many terms are shown."""
    return tr("{} terms").format(total) if count == total else tr("{} of {} terms").format(count, total)

"""Help: round the loop, the glossary, what to do about errors, and what the application is made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QTextBrowser, QWidget

from mlops_desktop.gui.finding import help_entries
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.theme import follow_look, set_font, theme
from mlops_desktop.gui.widgets.buttons import Button, Tabs
from mlops_desktop.gui.widgets.cards import Card, KeyValueList, PageHeader
from mlops_desktop.gui.widgets.forms import TextField
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import Page, expanding, row, set_shown
from mlops_desktop.version import __version__

from .help_state import (
    LICENCES,
    PAGES,
    HelpIntent,
    as_html,
    found,
    glossary_count,
    intent_of,
)


class HelpScreen:
    """The screen of the section.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset[str]()

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        self._intent = HelpIntent()
        self._entries = {name: help_entries(name) for name, _ in PAGES if name != "about"}
        registry = host.actions_registry
        self._header = PageHeader(
            tr("Help"),
            subtitle=tr("Everything here is on this computer."),
            buttons=[
                Button(
                    tr("Keyboard shortcuts"),
                    icon="terminal",
                    on_click=lambda: registry.trigger("app.shortcuts"),
                ),
                Button(tr("Open the logs"), icon="file", on_click=lambda: registry.trigger("app.logs")),
            ],
        )
        self._tabs = Tabs([(name, tr(title)) for name, title in PAGES])
        self._tabs.chosen.connect(self._on_tab)
        self._search = TextField("", tr("Find a term"), "search")
        self._search.setMaximumWidth(theme().px(320))
        self._search.textEdited.connect(self._on_typed)
        self._count = Label("", "small", "muted")
        self._search_row = QWidget()
        self._search_row.setLayout(row(self._search, self._count, None))
        self._text = QTextBrowser()
        self._text.setProperty("kind", "bare")
        self._text.setAccessibleName(tr("Help"))
        self._text.document().setDocumentMargin(0)
        set_font(self._text, "base")
        self._text.setMinimumHeight(theme().px(420))
        self._text_card = Card().add(expanding(self._text))
        self._about_card = Card().add(*_about(), None)
        self._page = Page(self._header, row(self._tabs, None), self._search_row, self._about_card)
        self._page.body.addWidget(self._text_card, 1)
        follow_look(self._page, self.refresh)

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    def show_intent(self, intent: Any) -> None:
        """Show a page, or a term."""
        self._intent = intent_of(intent)
        self._tabs.choose(self._intent.page)
        if self._search.text() != self._intent.search:
            self._search.setText(self._intent.search)
        self.refresh()

    def mark_dirty(self) -> None:
        """It never changes."""

    def refresh(self) -> None:
        """Show the page of the intent."""
        page = self._intent.page
        set_shown(self._search_row, page == "glossary")
        set_shown(self._about_card, page == "about")
        set_shown(self._text_card, page != "about")
        if page == "about":
            return
        entries = self._entries[page]
        shown = found(entries, self._intent.search) if page == "glossary" else entries
        self._count.setText(glossary_count(len(shown), len(entries)))
        self._text.setHtml(as_html(shown, theme().colour("border").name()))

    def _on_tab(self, name: str) -> None:
        self._change(intent_of(name))

    def _on_typed(self, text: str) -> None:
        self._change(replace(self._intent, search=text))

    def _change(self, intent: HelpIntent) -> None:
        self._intent = intent
        self._host.amend_intent("help", intent)
        self._tabs.choose(intent.page)
        self.refresh()


def _about() -> tuple[QWidget, ...]:
    what = tr("The whole machine-learning loop on one computer: data, training, models, bundles, schedules.")
    where = tr("The text of the font's licence lies beside it, those of the packages in their folders.")
    return (
        Label(f"MLOps Desktop {__version__}", "subtitle").set_selectable(),
        Label(what, wrap=True),
        KeyValueList([(x.name, f"{x.terms} — {x.what}") for x in LICENCES], key_width=250),
        Label(where, "small", "muted", wrap=True),
    )

"""The help that is shipped, and how a term is found in it."""

from __future__ import annotations

import pytest

from mlops_desktop.domain.runs import METRICS
from mlops_desktop.gui.finding import help_entries, help_that_matches
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.help.help_state import Entry, HelpIntent, as_html, found, intent_of, marked


@pytest.mark.parametrize("page", ["loop", "glossary", "errors"])
def test_every_entry_of_the_help_has_words(page):
    entries = help_entries(page)
    assert entries and all(e.title and e.text for e in entries)


def test_the_glossary_is_in_order_and_names_nothing_twice():
    titles = [e.title.casefold() for e in help_entries("glossary")]
    assert titles == sorted(set(titles))


@pytest.mark.parametrize(
    "title",
    [m.title for m in METRICS if m.name in ("roc_auc", "pr_auc", "log_loss", "mae", "rmse", "r2", "bias")],
)
def test_the_glossary_explains_the_metrics_that_a_run_is_judged_by(title):
    assert title in {e.title for e in help_entries("glossary")}


def test_terms_named_so_stand_before_those_that_only_speak_of_it():
    entries = (Entry("Run", "a training"), Entry("Training", "it makes a run"), Entry("Trash", ""))
    assert [e.title for e in found(entries, "train")] == ["Training", "Run"]


def test_what_is_written_is_never_taken_for_markup():
    assert marked("a < b & **c** `d`") == "a &lt; b &amp; <b>c</b> <code>d</code>"
    assert "<script>" not in as_html([Entry("<script>", "x")], "#000000")


def test_a_term_is_a_place():
    assert intent_of("drift") == HelpIntent("glossary", "drift")
    assert intent_of("about") == HelpIntent("about")


def test_the_palette_finds_a_term():
    assert [f.place for f in help_that_matches("champ")] == [
        Place("help", HelpIntent("glossary", "Champion"))
    ]
    assert help_that_matches("") == []

import pytest

from mlops_desktop.gui.shell.palette_search import match_letters, search


def titles(query, *things):
    return [m.thing for m in search(query, things, str, lambda _: ())]


def test_the_letters_that_match_are_told():
    assert match_letters("comp", "Export comparison")[1] == (7, 8, 9, 10)


def test_the_start_of_the_title_comes_first():
    assert titles("comp", "Export comparison", "Compare runs", "Incomplete rows") == [
        "Compare runs",
        "Export comparison",
        "Incomplete rows",
    ]


def test_first_letters_of_words_find_it():
    assert titles("nt", "New training...", "Import data...") == ["New training..."]


@pytest.mark.parametrize("query", ["zzz", "rapmoc"])
def test_what_does_not_match_is_not_found(query):
    assert match_letters(query, "Compare runs") is None


def test_scattered_letters_in_the_middle_of_words_find_nothing():
    assert match_letters("oae", "Compare runs") is None


def test_an_empty_query_keeps_the_order():
    assert titles("", "b", "a") == ["b", "a"]


def test_other_words_find_it_after_titles():
    found = search("scale", ["Larger", "Scale features"], str, lambda t: ("scale",) if t == "Larger" else ())
    assert [m.thing for m in found] == ["Scale features", "Larger"]


def test_letters_that_change_length_in_lower_case_are_no_harm():
    assert match_letters("runs", "İstanbul runs") is not None


def test_case_does_not_count():
    assert match_letters("COMP", "compare") is not None

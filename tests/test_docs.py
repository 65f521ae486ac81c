"""What is documented, held against what is there."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import mlops_desktop.project  # noqa: F401 - its import registers every verb
from mlops_desktop.cli.commands import EXAMPLES, example
from mlops_desktop.domain.errors import error_classes
from mlops_desktop.domain.settings import SETTINGS
from mlops_desktop.project.verb import VERBS, Verb, verb


def missing_words(found: Verb) -> list[str]:
    """What a verb's docstring leaves out: its sentence, or a parameter."""
    doc = inspect.getdoc(found.body) or ""
    missing = [] if re.match(r"[A-Z`].*[.:]", doc) else ["a sentence"]
    described = set(re.findall(r"^(\w+) : ", doc, re.MULTILINE))
    return missing + [name for name in found.signature.parameters if name not in described]


@pytest.mark.parametrize("name", sorted(VERBS))
def test_the_docstring_of_a_verb_says_what_it_does_and_each_parameter(name: str) -> None:
    assert missing_words(VERBS[name]) == []


def test_a_verb_without_words_is_found() -> None:
    def silent(self: object, count: int) -> None: ...

    assert missing_words(Verb(silent, "view", undoable=False, waits=False, recorded=True)) == [
        "a sentence",
        "count",
    ]


@pytest.mark.parametrize("name", sorted(VERBS))
def test_the_example_of_a_verb_has_a_word_for_each_required_parameter(name: str) -> None:
    required = [
        n for n, p in VERBS[name].signature.parameters.items() if p.default is inspect.Parameter.empty
    ]
    assert [n for n in required if n not in EXAMPLES] == []
    assert example(VERBS[name]).startswith("mlops-desktop ")


def test_a_verb_without_a_right_does_not_import() -> None:
    with pytest.raises(TypeError, match="right"):
        verb()  # type: ignore[call-arg]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_a_setting_says_what_it_is_for(setting: object) -> None:
    assert setting.title[:1].isupper() and setting.help.endswith(".")  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", sorted(error_classes()))
def test_an_error_says_when_it_is_raised(code: str) -> None:
    sentence = (error_classes()[code].__doc__ or "").split("\n")[0]
    assert re.match(r"[A-Z].*\.$", sentence)


def test_the_tree_of_errors_at_the_top_of_its_module_names_each_class() -> None:
    import mlops_desktop.domain.errors as module

    tree = (module.__doc__ or "").split("Everything else")[0]
    assert {c.__name__ for c in error_classes().values()} == set(re.findall(r"\w+Error", tree))


def test_every_file_that_the_list_of_features_names_exists() -> None:
    folder = Path(__file__).parent
    named = re.findall(
        r"`([\w/]+(?:\.py|\.sh)?)`", (folder / "README.md").read_text().split("| --- | --- |")[1]
    )
    assert [name for name in named if not (folder / name).exists()] == []


def test_the_readme_repeats_the_map_of_the_package() -> None:
    import mlops_desktop

    readme = (Path(__file__).parent.parent / "README.md").read_text()
    rows = re.findall(r"- `(\w+)`: (.*)", mlops_desktop.__doc__ or "")
    assert [unit for unit, line in rows if f"| `{unit}` | {line} |" not in readme] == []

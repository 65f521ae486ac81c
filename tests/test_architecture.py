"""The rules of the house, each a sentence, each with a small sample in `samples/rules` that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from . import architecture
from .architecture import Import

SAMPLES = Path(__file__).parent / "samples" / "rules"

BELOW: dict[str, set[str]] = {
    "__main__": {"gui", "cli", "service", "training", "client"},
    "__init__": {"client"},
    "gui": {"client", "known_projects", "presence", "project", "domain", "system", "sample"},
    "cli": {"gui", "client", "sample", "known_projects", "project", "domain", "system"},
    "sample": {"client", "project", "domain", "system"},
    "client": {"presence", "known_projects", "project", "domain", "system"},
    "known_projects": {"system"},
    "service": {"presence", "known_projects", "project", "store", "domain", "system"},
    "presence": {"domain", "system"},
    "store": {"analysis", "domain", "system"},
    "training": {"analysis", "bundle", "domain", "system"},
    "project": {"domain"},
    "analysis": {"domain"},
    "system": {"domain"},
    "version": set(),
    "domain": set(),
    "bundle": set(),
}
"""What each unit may import of ours, besides itself."""

HOMES: dict[str, set[str]] = {
    "duckdb": {"store"},
    "PySide6": {"gui"},
    "pyqtgraph": {"gui"},
    "superqt": {"gui"},
    "pandas": {"training", "bundle"},
    "sklearn": {"training"},
    "lightgbm": {"training", "bundle"},
    "onnx": {"training"},
    "onnxruntime": {"training", "bundle"},
    "skops": {"training", "bundle"},
    "starlette": {"service"},
    "uvicorn": {"service"},
    "apscheduler": {"service"},
    "cyclopts": {"cli"},
    "rich": {"cli"},
}
"""Packages that have a home, and stay in it."""


def wrong_layers(found: list[Import]) -> list[str]:
    """Imports that go up or sideways."""
    return [
        str(i)
        for i in found
        if not i.typing
        and i.target not in ("", "version", i.unit)
        and i.target not in BELOW.get(i.unit, set())
    ]


def strayed_packages(found: list[Import]) -> list[str]:
    """Packages that are imported away from home."""
    return [str(i) for i in found if not i.typing and i.package in HOMES and i.unit not in HOMES[i.package]]


def qt_in_states(found: list[Import]) -> list[str]:
    """Qt in a module that says what is shown."""
    return [str(i) for i in found if i.module.endswith("_state") and i.package == "PySide6"]


def store_in_the_facade(found: list[Import]) -> list[str]:
    """The facade reaching for the store, but for the type checker."""
    return [str(i) for i in found if i.unit == "project" and i.target == "store" and not i.typing]


def training_imported(found: list[Import]) -> list[str]:
    """Somebody besides the entry point importing the child's code."""
    return [str(i) for i in found if i.target == "training" and i.unit not in ("training", "__main__")]


def heavy_facade(found: list[Import]) -> list[str]:
    """The facade importing more than the domain when it is loaded."""
    return [
        str(i)
        for i in found
        if i.unit == "project"
        and not i.lazy
        and not i.typing
        and i.target not in ("", "project", "domain", "version")
    ]


IMPORT_RULES: list[tuple[str, Callable[[list[Import]], list[str]], str]] = [
    ("imports go down the layers", wrong_layers, "layers.py"),
    ("packages stay in their home", strayed_packages, "homes.py"),
    ("no Qt in a state", qt_in_states, "qt_state.py"),
    ("the facade names the store for the type checker only", store_in_the_facade, "facade_store.py"),
    ("nobody imports training but the entry point", training_imported, "training_import.py"),
    ("the facade loads only the domain", heavy_facade, "facade_heavy.py"),
]

TEXT_RULES: list[tuple[str, str, str]] = [
    ("no CREATE INDEX: DuckDB 1.5 corrupts it after a kill", r"(?i)create\s+(unique\s+)?index", "index.sql"),
    (
        "no foreign keys: they break updates",
        r"(?i)foreign\s+key\s*\(|\breferences\s+\w+\s*\(",
        "foreign_key.sql",
    ),
    (
        "no pickle is loaded",
        r"\b(pickle|cloudpickle|dill|joblib|shelve)\.(load|loads|Unpickler)\b|read_pickle|np\.load\((?!.*allow_pickle=False)|\byaml\.load\(",
        "pickle_load.py",
    ),
    ("no shell", r"shell\s*=\s*True|os\.system\(", "shell.py"),
    ("no dialog is executed", r"(?<!app)\.exec\(\)", "dialog_exec.py"),
    ("no events are processed by hand", r"processEvents\(", "process_events.py"),
    ("no thread class of Qt", r"class \w+\(.*QThread", "qthread.py"),
    ("no error is swallowed", r"except[^:]*:\s*pass\b|except:\s*$", "swallowed.py"),
]


@pytest.mark.parametrize(
    ("sentence", "rule"), [(s, r) for s, r, _ in IMPORT_RULES], ids=[s for s, _, _ in IMPORT_RULES]
)
def test_of_imports(sentence: str, rule: Callable[[list[Import]], list[str]]) -> None:
    assert rule(architecture.imports()) == [], sentence


@pytest.mark.parametrize(
    ("rule", "sample"), [(r, f) for _, r, f in IMPORT_RULES], ids=[f for _, _, f in IMPORT_RULES]
)
def test_a_sample_that_breaks_an_import_rule_is_found(
    rule: Callable[[list[Import]], list[str]], sample: str
) -> None:
    assert rule(_imports_of_sample(sample))


@pytest.mark.parametrize(
    ("sentence", "pattern"), [(s, p) for s, p, _ in TEXT_RULES], ids=[s for s, _, _ in TEXT_RULES]
)
def test_of_text(sentence: str, pattern: str) -> None:
    assert architecture.lines_with(pattern) == [], sentence


@pytest.mark.parametrize(
    ("pattern", "sample"), [(p, f) for _, p, f in TEXT_RULES], ids=[f for _, _, f in TEXT_RULES]
)
def test_a_sample_that_breaks_a_text_rule_is_found(pattern: str, sample: str, tmp_path: Path) -> None:
    (tmp_path / sample.removesuffix(".txt")).write_text((SAMPLES / f"{sample}.txt").read_text())
    assert architecture.lines_with(pattern, tmp_path)


def test_no_module_imports_itself_in_a_circle() -> None:
    assert architecture.cycles(architecture.imports()) == []


def test_a_circle_is_found() -> None:
    circle = [
        Import("a", "mlops_desktop.b", 1, typing=False, lazy=False),
        Import("b", "mlops_desktop.a", 1, typing=False, lazy=True),
    ]
    assert architecture.cycles(circle) == [["a", "b"]]


def test_migrations_are_sql_alone() -> None:
    folder = architecture.PACKAGE / "store" / "migrations"
    assert {p.suffix for p in folder.iterdir() if p.is_file()} == {".sql"}


def test_only_the_facade_is_a_door_to_the_store() -> None:
    """Whoever imports the store is the store or the service."""
    users = {i.unit for i in architecture.imports() if i.target == "store" and not i.typing}
    assert users <= {"store", "service"}


def test_the_map_of_the_package_repeats_the_line_of_each_unit() -> None:
    import ast

    text = ast.get_docstring(ast.parse((architecture.PACKAGE / "__init__.py").read_text())) or ""
    for path in sorted(architecture.PACKAGE.iterdir()):
        source = path / "__init__.py" if path.is_dir() else path
        if not source.exists() or source.suffix != ".py" or path.name.startswith("__"):
            continue
        line = (ast.get_docstring(ast.parse(source.read_text())) or "").split("\n")[0]
        assert line in text.replace("\n  ", " "), f"{path.stem}: {line}"


def _imports_of_sample(name: str) -> list[Import]:
    """Imports of a sample; its first line says which module it stands for."""
    import ast

    text = (SAMPLES / f"{name}.txt").read_text()
    module = text.splitlines()[0].removeprefix("# module: ").strip()
    package = f"mlops_desktop.{module}".rpartition(".")[0]
    return list(architecture._walk(ast.parse(text), module, package, typing=False, lazy=False))

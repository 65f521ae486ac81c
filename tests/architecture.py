"""Reads the package's imports and text; the rules of `test_architecture.py` are sentences over what it finds."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "mlops_desktop"
NAME = "mlops_desktop"


@dataclass(frozen=True)
class Import:
    """One import statement."""

    module: str
    """Dotted, from the package down: ``store.runs``."""
    imported: str
    """Dotted, whole: ``mlops_desktop.store.session`` or ``duckdb``."""
    line: int
    typing: bool
    """Only for the type checker."""
    lazy: bool
    """Inside a function."""

    @property
    def unit(self) -> str:
        """Top-level unit that imports."""
        return self.module.split(".")[0]

    @property
    def target(self) -> str:
        """Top-level unit that is imported; empty for other packages."""
        parts = self.imported.split(".")
        return (parts[1] if len(parts) > 1 else "__init__") if parts[0] == NAME else ""

    @property
    def package(self) -> str:
        """The other package that is imported; empty for our own."""
        first = self.imported.split(".")[0]
        return "" if first == NAME else first

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.imported}"


def modules(root: Path = PACKAGE) -> Iterator[tuple[str, Path]]:
    """Dotted name and path of every module."""
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "__init__", path


@functools.cache
def imports(root: Path = PACKAGE) -> list[Import]:
    """Every import of every module."""
    return [found for name, path in modules(root) for found in _imports_of(name, path)]


def _imports_of(module: str, path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = f"{NAME}.{module}" if path.name == "__init__.py" else f"{NAME}.{module}".rpartition(".")[0]
    yield from _walk(tree, module, package.removesuffix(".__init__"), typing=False, lazy=False)


def _walk(node: ast.AST, module: str, package: str, *, typing: bool, lazy: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(module, alias.name, child.lineno, typing, lazy)
        elif isinstance(child, ast.ImportFrom):
            base = child.module or ""
            if child.level:
                above = package.split(".")[: len(package.split(".")) - (child.level - 1)]
                base = ".".join([*above, *([base] if base else [])])
            for alias in child.names:
                whole = f"{base}.{alias.name}"
                yield Import(module, whole if _is_module(whole) else base, child.lineno, typing, lazy)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from _walk(child, module, package, typing=True, lazy=lazy)
        else:
            inside = lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _walk(child, module, package, typing=typing, lazy=inside)


def _is_module(dotted: str) -> bool:
    if not dotted.startswith(NAME):
        return False
    path = PACKAGE.joinpath(*dotted.split(".")[1:])
    return path.is_dir() or path.with_suffix(".py").exists()


def cycles(found: list[Import]) -> list[list[str]]:
    """Sets of modules that import each other, lazy imports included, those of the type checker not."""
    graph: dict[str, set[str]] = {}
    for one in found:
        if one.package == "" and not one.typing:
            target = one.imported.removeprefix(f"{NAME}.") or "__init__"
            graph.setdefault(one.module, set()).add(target if target != NAME else "__init__")
    return [sorted(c) for c in _strong(graph) if len(c) > 1]


def _strong(graph: dict[str, set[str]]) -> list[set[str]]:
    """Strongly connected sets (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in sorted(graph.get(node, ())):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            group: set[str] = set()
            while node not in group:
                group.add(stack.pop())
            found.append(group)

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def lines_with(pattern: str, root: Path = PACKAGE, suffixes: tuple[str, ...] = (".py", ".sql")) -> list[str]:
    """Lines of code that match, as ``file:line: text``."""
    found: list[str] = []
    for path in sorted(root.rglob("*")):
        if path.suffix in suffixes:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if re.search(pattern, line):
                    found.append(f"{path.relative_to(root)}:{number}: {line.strip()}")
    return found

"""What the deployments show: bundles that were exported, and the commands that run one. No Qt."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_desktop.domain.bundles import Bundle
from mlops_desktop.domain.models import Model
from mlops_desktop.domain.sizes import size_words
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.models.models_state import AliasStatus, alias_status
from mlops_desktop.gui.words import counted, when_words

if TYPE_CHECKING:
    from mlops_desktop.project import Project

PORT = 8080


@dataclass(frozen=True, slots=True)
class DeploymentFacts:
    """What the project answers, and what is found on disk."""

    bundles: tuple[Bundle, ...] = ()
    """Newest first."""
    models: tuple[Model, ...] = ()
    there: frozenset[int] = frozenset()
    """Numbers of the bundles whose folder is still where it was exported to."""


def deployment_facts(project: Project, exists: Callable[[Path], bool]) -> DeploymentFacts:
    """Ask a project and look at the disk; called off the GUI thread."""
    bundles = tuple(project.bundles.list())
    there = frozenset(b.bundle_id for b in bundles if exists(Path(b.folder)))
    return DeploymentFacts(bundles, tuple(project.models.list()), there)


@dataclass(frozen=True, slots=True)
class BundleLine:
    """A line of the table."""

    bundle_id: int
    model: str
    """``rentals v2``."""
    alias: str
    alias_status: AliasStatus
    size: str
    size_bytes: int
    test: str
    runtime: str
    exported: str
    there: bool


@dataclass(frozen=True, slots=True)
class Command:
    """What to type in a terminal, and what it does."""

    title: str
    code: str


@dataclass(frozen=True, slots=True)
class DeploymentsState:
    """All that the screen shows."""

    subtitle: str = ""
    lines: tuple[BundleLine, ...] = ()
    chosen: int = 0
    title: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    commands: tuple[Command, ...] = ()
    newer: str = ""
    """The champion, as ``rentals@3``, where the chosen bundle holds another version; empty where it does not."""
    sha256: str = ""
    folder: str = ""
    """Where the chosen bundle lies; empty when it is there no more."""
    exportable: tuple[tuple[str, str], ...] = ()
    """References of versions that can be exported with their words: champions first."""


def deployments_state(facts: DeploymentFacts, wanted: int, now: datetime) -> DeploymentsState:
    """What is shown; `wanted` is the chosen bundle, 0 takes the newest."""
    bundles = facts.bundles
    chosen = next((b for b in bundles if b.bundle_id == wanted), None) or next(iter(bundles), None)
    lines = tuple(_line(b, facts, now) for b in bundles)
    words = counted(len(bundles), "1 bundle", "{:,} bundles")
    subtitle = tr("{} exported · each runs by itself, without this program").format(words) if bundles else ""
    exportable = _exportable(facts.models)
    if chosen is None:
        return DeploymentsState(subtitle=subtitle, exportable=exportable)
    there = chosen.bundle_id in facts.there
    return DeploymentsState(
        subtitle=subtitle,
        lines=lines,
        chosen=chosen.bundle_id,
        title=tr("Bundle of {} v{}").format(chosen.model, chosen.number),
        facts=_facts(chosen, facts.models, there, now),
        newer=newer_champion(chosen, facts.models),
        sha256=chosen.sha256,
        commands=commands_of(chosen),
        folder=chosen.folder if there else "",
        exportable=exportable,
    )


def commands_of(bundle: Bundle) -> tuple[Command, ...]:
    """What to type to run a bundle, in the shell of Linux and macOS."""
    folder, file = shlex.quote(bundle.folder), shlex.quote(bundle.file)
    url = f"http://127.0.0.1:{PORT}"
    return (
        Command(tr("Once, in an environment of Python 3.11 or newer"), f"cd {folder}\npip install -r requirements.txt"),
        Command(tr("Score a file"), "python -m bundle score in.csv out.csv"),
        Command(tr("Answer requests"), f"python -m bundle serve --port {PORT}"),
        Command(
            tr("Ask it"),
            f"curl -s {url}/invocations -H 'Content-Type: application/json' \\\n  -d '{{\"dataframe_split\": '\"$(cat input_example.json)\"'}}'",
        ),
        Command(tr("The same as one file"), f"python {file} score in.csv out.csv"),
        Command(tr("Is it whole?"), "python -m bundle check"),
    )  # fmt: skip


def newer_champion(bundle: Bundle, models: Sequence[Model]) -> str:
    """The champion that has taken the place of what a bundle holds, as ``rentals@3``; empty where none has."""
    champion = next((m.aliases.get("champion") for m in models if m.name == bundle.model), None)
    return f"{bundle.model}@{champion}" if champion is not None and champion != bundle.number else ""


def test_words(bundle: Bundle) -> str:
    """What the self-test found: ``500 rows, largest difference 0``."""
    test = bundle.self_test
    rows = counted(test.rows, "1 row", "{:,} rows")
    if test.largest_difference == 0:
        return tr("{} scored again, no difference").format(rows)
    return tr("{} scored again, largest difference {}").format(rows, f"{test.largest_difference:.1e}")


def _line(bundle: Bundle, facts: DeploymentFacts, now: datetime) -> BundleLine:
    alias, status = _standing(bundle, facts.models)
    return BundleLine(
        bundle_id=bundle.bundle_id,
        model=f"{bundle.model} v{bundle.number}",
        alias=alias,
        alias_status=status,
        size=size_words(bundle.size_bytes),
        size_bytes=bundle.size_bytes,
        test=tr("passed, {}").format(counted(bundle.self_test.rows, "1 row", "{:,} rows")),
        runtime=bundle.self_test.runtime,
        exported=when_words(bundle.created_at, now),
        there=bundle.bundle_id in facts.there,
    )


def _standing(bundle: Bundle, models: Sequence[Model]) -> tuple[str, AliasStatus]:
    """What the version of a bundle is now: an alias, or that another one is champion."""
    model = next((m for m in models if m.name == bundle.model), None)
    if model is None:
        return tr("model in the trash"), "warn"
    newer = newer_champion(bundle, models)
    if newer:
        return tr("champion is v{}").format(newer.rpartition("@")[2]), "warn"
    aliases = [a for a, number in model.aliases.items() if number == bundle.number]
    alias = "champion" if "champion" in aliases else aliases[0] if aliases else ""
    return alias, alias_status(alias)


def _facts(
    bundle: Bundle, models: Sequence[Model], there: bool, now: datetime
) -> tuple[tuple[str, str], ...]:
    newer = newer_champion(bundle, models)
    rows = [
        *(
            [
                (
                    tr("Out of date"),
                    tr("{} is the champion now; this bundle keeps answering as {}@{}").format(
                        newer, bundle.model, bundle.number
                    ),
                )
            ]
            if newer
            else []
        ),
        (tr("Folder"), bundle.folder if there else tr("{} (not there any more)").format(bundle.folder)),
        (tr("One file"), Path(bundle.file).name),
        (tr("Size"), size_words(bundle.size_bytes)),
        (tr("Self-test"), test_words(bundle)),
        (tr("Scores with"), bundle.self_test.runtime),
        (tr("Exported"), tr("{} by {}").format(when_words(bundle.created_at, now), bundle.created_by)),
    ]
    return (*rows, *((tr("Note"), note) for note in bundle.self_test.notes))


def _exportable(models: Sequence[Model]) -> tuple[tuple[str, str], ...]:
    found = [(v.ref, v) for m in models for v in m.versions]
    found.sort(key=lambda pair: ("champion" not in pair[1].aliases, pair[1].model, -pair[1].number))
    return tuple(
        (ref, f"{v.model} v{v.number}" + (f" · {', '.join(v.aliases)}" if v.aliases else ""))
        for ref, v in found
    )

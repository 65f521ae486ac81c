"""Which project a command means: as it says, as the environment says, or the nearest one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from mlops_desktop.domain.errors import InvalidInputError, NotFoundError

VARIABLE = "MLOPS_PROJECT"


class Asked(msgspec.Struct, frozen=True):
    """A command line, with what holds for every command taken out."""

    words: list[str]
    project: str = ""
    json: bool = False
    wait: bool = True


def take_apart(arguments: Sequence[str], groups: Sequence[str]) -> Asked:
    """Take ``--project``, ``--json`` and ``--no-wait`` out, wherever they stand; and a leading project's path."""
    words: list[str] = []
    project, json, wait = "", False, True
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            words += [word, *rest]
            break
        if word == "--project" and rest:
            project = rest.pop(0)
        elif word.startswith("--project="):
            project = word.partition("=")[2]
        elif word == "--json":
            json = True
        elif word == "--no-wait":
            wait = False
        else:
            words.append(word)
    if words and not words[0].startswith("-") and words[0] not in groups and looks_like_path(words[0]):
        project = words.pop(0)
    return Asked(words, project, json, wait)


def looks_like_path(word: str) -> bool:
    """Whether a first word that is no command is a project's path."""
    return word.endswith(".mlops") or os.sep in word or Path(word).is_dir()


def find_project(asked: str, start: Path | None = None) -> Path | str:
    """The folder of the project that is meant, or the address of its service.

    Parameters
    ----------
    asked : str
        What ``--project`` says; empty where it isn't given.
    start : Path, optional
        Where to begin to look; None: the current folder.

    Raises
    ------
    NotFoundError
        There is none at or above this folder.
    InvalidInputError
        There are several beside each other.
    """
    said = asked or os.environ.get(VARIABLE, "")
    if said.startswith(("http://", "https://")):
        return said
    if said:
        return Path(said).expanduser().absolute()
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        if folder.suffix == ".mlops":
            return folder
        inside = sorted(p for p in folder.glob("*.mlops") if p.is_dir())
        if len(inside) == 1:
            return inside[0]
        if inside:
            names = ", ".join(p.name for p in inside)
            raise InvalidInputError(
                f"There are several projects in {folder}: {names}.", remedy="Say which: --project NAME."
            )
    raise NotFoundError(
        f"There is no project at or above {here}.",
        remedy=f"Go to its folder, or say which: --project PATH, or the variable {VARIABLE}.",
    )

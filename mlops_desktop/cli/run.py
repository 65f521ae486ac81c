"""``mlops-desktop``: finds the project, calls the verb, prints what came of it.

Exit status: 0 done; 1 an expected failure; 2 wrong usage; 70 a bug; 130 cancelled by Ctrl+C.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from mlops_desktop.client import ServiceBugError, open_project, user
from mlops_desktop.domain.errors import InvalidInputError, UserError
from mlops_desktop.domain.jobs import Job
from mlops_desktop.project import Project
from mlops_desktop.project.verb import VERBS, Verb
from mlops_desktop.system import HERE, Platform

from .commands import command, command_name
from .own_commands import DONE, OWN_COMMANDS, add_own_commands
from .places import Asked, find_project, take_apart
from .printing import print_cut, print_error, print_json, print_result
from .progress import waited

log = logging.getLogger(__name__)

FAILED, USAGE, BUG, INTERRUPTED = 1, 2, 70, 130


def main(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit status."""
    groups = {v.group for v in VERBS.values() if v.group} | {
        command_name(v) for v in VERBS.values() if not v.group
    }
    asked = take_apart(arguments, [*groups, *OWN_COMMANDS])
    if not asked.words:
        return open_window(asked)
    try:
        return _run(asked)
    except UserError as error:
        print_error(error, as_json=asked.json)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except ServiceBugError as bug:
        sys.stderr.write(f"{bug}\n")
        return BUG
    except Exception:  # noqa: BLE001 - the last line before the terminal: a bug is shown whole
        sys.stderr.write("This is a bug in MLOps Desktop. Details:\n" + traceback.format_exc())
        return BUG


def open_window(asked: Asked) -> int:
    """The window, on the start screen or on a project; says what to do where there is no display."""
    missing = no_display()
    if missing:
        sys.stderr.write(missing + "\n")
        return FAILED
    from mlops_desktop.gui.launch import run_application

    return run_application(str(find_project(asked.project)) if asked.project else None)


def no_display(platform: Platform = HERE) -> str:
    """Why no window can be shown, in one sentence; empty where one can."""
    named = (
        os.environ.get("QT_QPA_PLATFORM") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if platform.name == "linux" and not named:
        return (
            "There is no display for a window; "
            "`mlops-desktop sample bikes.mlops` does the same in the terminal, `mlops-desktop --help` lists every verb."
        )
    return ""


def _run(asked: Asked) -> int:
    import cyclopts

    app = application(asked)
    try:
        result = app(asked.words, exit_on_error=False, print_error=False, result_action="return_value")
    except cyclopts.CycloptsError as error:
        wrong = InvalidInputError(str(error).strip(), remedy="See `mlops-desktop --help`.")
        print_error(wrong, as_json=asked.json)
        return USAGE
    return int(result or 0)


def application(asked: Asked) -> Any:
    """The whole command line as a cyclopts application."""
    import cyclopts

    from mlops_desktop.version import __version__

    app = cyclopts.App(
        name="mlops-desktop",
        version=__version__,
        help="The whole machine-learning loop. Every command takes --project PATH, --json and --no-wait.",
        help_format="markdown",
    )
    groups: dict[str, Any] = {}

    def call(verb: Verb, arguments: dict[str, Any]) -> int:
        return _call(asked, verb, arguments)

    for verb in VERBS.values():
        place = app
        if verb.group:
            if verb.group not in groups:
                groups[verb.group] = cyclopts.App(name=verb.group, help=verb.owner.__doc__)
                app.command(groups[verb.group])
            place = groups[verb.group]
        place.command(command(verb, call), name=command_name(verb))
    add_own_commands(app, asked)
    return app


def _call(asked: Asked, verb: Verb, arguments: dict[str, Any]) -> int:
    with opened(asked) as project:
        result = getattr(_owner(project, verb), verb.method)(**arguments)
        if isinstance(result, Job):
            if not asked.wait:
                _show(asked, result.row)
                return DONE
            result = waited(result, quiet=asked.json)
        _show(asked, result)
        print_cut(result, arguments.get("limit"))
        whole = getattr(result, "whole", True)  # doctor: exit 0 only if all is whole
        return DONE if whole else FAILED


def opened(asked: Asked) -> Project:
    """The project that the command line means."""
    return open_project(find_project(asked.project), client=f"terminal-{user()}")


def _owner(project: Project, verb: Verb) -> Any:
    """The group of `project` that has `verb`."""
    if not verb.group:
        return project
    known = getattr(project, verb.group, None)
    return known if isinstance(known, verb.owner) else verb.owner(project._backend)  # pyright: ignore[reportPrivateUsage]


def _show(asked: Asked, result: Any) -> None:
    if asked.json:
        print_json(result)
    else:
        print_result(result)


__all__ = ["main"]

"""The commands that need no project yet: make one, make the sample, wake services, complete words."""

from __future__ import annotations

import sys
from typing import Any

from mlops_desktop.client import create_project

from .places import Asked
from .printing import print_json, print_result

OWN_COMMANDS = ("projects", "sample", "completion", "wake")
DONE = 0


def add_own_commands(app: Any, asked: Asked) -> None:
    """Add them to the cyclopts application."""
    _add_projects(app, asked)
    _add_sample(app, asked)
    _add_wake(app)
    _add_completion(app)


def _add_projects(app: Any, asked: Asked) -> None:
    import cyclopts

    projects = cyclopts.App(name="projects", help="Projects on this machine.")
    app.command(projects)

    @projects.command
    def create(path: str, *, name: str = "") -> int:
        """Create an empty project.

        Parameters
        ----------
        path : str
            Its folder, as ``churn.mlops``; must not exist or be empty.
        name : str
            Its name; empty: the folder's.
        """
        folder = create_project(path, name)
        if asked.json:
            print_json({"path": str(folder)})
        else:
            print_result(f"Created {folder}.")
        return DONE


def _add_sample(app: Any, asked: Asked) -> None:
    @app.command
    def sample(path: str = "bikes.mlops", *, credit: bool = False) -> int:
        """Make the sample project: the whole loop on real data, in about two minutes.

        Parameters
        ----------
        path : str
            Where it goes; must not exist or be empty.
        credit : bool
            German credit (classification) alone instead of bike rentals.
        """
        from mlops_desktop.sample import make_sample

        from .progress import said

        make_sample(path, credit=credit, say=said(asked))
        if asked.json:
            print_json({"path": path})
        return DONE


def _add_wake(app: Any) -> None:
    @app.command
    def wake() -> int:
        """Start the services of the projects that have schedules; the login entry calls this."""
        from mlops_desktop.client import wake_projects

        for path in wake_projects():
            print_result(f"Woke {path}.")
        return DONE


def _add_completion(app: Any) -> None:
    @app.command
    def completion(shell: str) -> int:
        """Print the completion script of a shell.

        Parameters
        ----------
        shell : str
            ``bash``, ``zsh`` or ``fish``.
        """
        sys.stdout.write(app.generate_completion(shell=shell))
        return DONE

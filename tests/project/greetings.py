"""The program with one verb more, of which nothing else in the program knows: run it as ``mlops-desktop`` itself."""

from __future__ import annotations

import sys

from mlops_desktop.__main__ import main
from mlops_desktop.client import open_project
from mlops_desktop.project.verb import Group, verb


class Greetings(Group, group="greetings"):
    """Words for people."""

    @verb(right="edit")
    def say_hello(self, name: str, times: int = 1) -> list[str]:
        """Greet somebody and write it down.

        Parameters
        ----------
        name : str
            Who is greeted.
        times : int
            How often.
        """
        self.store.say(f"Greeted {name}")
        return [f"Hello {name}"] * times


def as_a_script(folder: str) -> int:
    """Greet as a person's script does."""
    with open_project(folder, client="script", actor="bob") as project:
        print(*Greetings(project._backend).say_hello("Bob", times=2), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(as_a_script(sys.argv[2]) if sys.argv[1] == "script" else main())

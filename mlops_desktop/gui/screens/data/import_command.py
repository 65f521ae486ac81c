"""An import as a line for the terminal and as a script: what the page would do, written out. No Qt."""

from __future__ import annotations

import shlex

import msgspec

from mlops_desktop.domain.imports import ImportOptions

from .import_intent import ImportIntent


def as_command(intent: ImportIntent, project: str) -> str:
    """The command line that does the same."""
    words = ["mlops-desktop", "datasets", "import", intent.path, "--project", project]
    if intent.dataset:
        words += ["--dataset", intent.dataset]
    words += ["--mode", intent.mode]
    for column in intent.key if intent.mode == "merge" else ():
        words += ["--key", column]
    roles = dict(intent.roles)
    if roles:
        words += ["--roles", msgspec.json.encode(roles).decode()]
    if intent.options != ImportOptions():
        words += ["--options", msgspec.json.encode(intent.options).decode()]
    if intent.message:
        words += ["--message", intent.message]
    return shlex.join(words)


def as_script(intent: ImportIntent, project: str) -> str:
    """The Python lines that do the same."""
    arguments = [repr(intent.path), f"dataset={intent.dataset!r}", f"mode={intent.mode!r}"]
    if intent.mode == "merge" and intent.key:
        arguments.append(f"key={list(intent.key)!r}")
    if intent.roles:
        arguments.append(f"roles={dict(intent.roles)!r}")
    lines = ["from mlops_desktop import open_project"]
    if intent.options != ImportOptions():
        lines.append("from mlops_desktop.domain.imports import ImportOptions")
        told = {k: v for k, v in msgspec.to_builtins(intent.options).items() if v is not None}
        arguments.append("options=ImportOptions(" + ", ".join(f"{k}={v!r}" for k, v in told.items()) + ")")
    if intent.message:
        arguments.append(f"message={intent.message!r}")
    lines += [
        "",
        f"project = open_project({project!r})",
        f"project.datasets.import_file({', '.join(arguments)}).wait()",
    ]
    return "\n".join(lines)

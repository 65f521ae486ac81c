"""MLOps Desktop: the whole machine-learning loop on your own desk.

The map of the package, from the top down:

- `gui`: The window: Qt lives here and nowhere else.
- `cli`: The command line, derived from the verbs.
- `client`: `open_project`: finds or starts the project's service, and binds the facade to it.
- `service`: The owner process of a project: verbs over HTTP, children, schedules.
- `presence`: Who owns a project and where it listens: what the service shows (`notice`), and how a client finds it (`discovery`).
- `project`: The facade: every verb exists once, here.
- `store`: The only SQL: one DuckDB file, data as immutable Parquet pieces, artifacts by content.
- `training`: The child process: the only home of pandas, scikit-learn, LightGBM and ONNX.
- `bundle`: What is copied into an exported bundle and runs there without this package.
- `analysis`: Statistics on arrays and aggregates: pure functions, each with its source.
- `sample`: The sample project: the whole loop by the app's own verbs, on real data shipped with it.
- `known_projects`: Projects that this person has opened: for the start screen, and for the schedules to wake after login.
- `domain`: The words of the field: frozen structs, the tree of errors, pure rules; no input or output.
- `system`: Every call that differs between operating systems, and the one way in which bytes become final.
- `version`: The version of the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .version import __version__

if TYPE_CHECKING:
    from .client import open_project

__all__ = ["__version__", "open_project"]


def __getattr__(name: str) -> object:
    if name == "open_project":  # imported on first use: a window or worker starts without it
        from .client import open_project

        return open_project
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

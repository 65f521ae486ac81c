"""MLOps Desktop: the whole machine-learning loop on your own desk.

The map of the package, from the top down:

- `gui`: The window: Qt lives here and nowhere else.
- `cli`: The command line, derived from the verbs.
- `client`: `open_project`: finds or starts the project's service, and binds the facade to it.
- `service`: The owner process of a project: verbs over HTTP, children, schedules.
- `presence`: Who owns a project and where it listens.
- `project`: The facade: every verb exists once, here.
- `store`: The only SQL: one DuckDB file, data as immutable Parquet pieces, artifacts by content.
- `training`: The child process: the only home of pandas, scikit-learn, LightGBM and ONNX.
- `bundle`: What is copied into an exported bundle and runs there without this package.
- `analysis`: Statistics on arrays and aggregates: pure functions, each with its source.
- `domain`: The words of the field: frozen structs, the tree of errors, pure rules; no input or output.
- `system`: Every call that differs between operating systems, and the one way in which bytes become final.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import open_project

__version__ = "0.1.0"
__all__ = ["__version__", "open_project"]


def __getattr__(name: str) -> object:
    if name == "open_project":  # imported on first use: a window or worker starts without it
        from .client import open_project

        return open_project
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

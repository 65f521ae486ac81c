"""A training as Python and as a command line, ready to be pasted. No Qt."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

import msgspec

from mlops_desktop.domain.runs import ParamValue, Run, Split

DEFAULTS: Mapping[str, object] = {
    "target": "", "algorithm": "lightgbm", "params": {}, "ignore": [], "metric": "", "positive_class": "", "seed": 0, "threads": 0,
}  # fmt: skip


_LONGEST = 24
"""Letters of a split that stand in one line."""


def split_fields(split: Split) -> dict[str, object]:
    """The fields of `split` that differ from the defaults."""
    given = msgspec.structs.asdict(split)
    usual = msgspec.structs.asdict(Split())
    return {name: value for name, value in given.items() if value != usual[name]}


def arguments_of(run: Run) -> dict[str, object]:
    """What `runs.start` was called with for `run`; empty for a logged run."""
    spec = run.spec
    if spec is None or spec.data is None:
        return {}
    return {
        "data": spec.data.ref, "target": spec.target, "algorithm": spec.algorithm, "params": dict(spec.params),
        "split": split_fields(spec.split), "ignore": list(spec.ignored), "metric": spec.metric,
        "positive_class": spec.positive_class, "seed": spec.seed, "threads": spec.threads or 0,
    }  # fmt: skip


def as_python(project: str, calls: list[dict[str, object]], run: Run | None = None) -> str:
    """A script that does the trainings.

    Parameters
    ----------
    project : str
        Path of the project.
    calls : list of dict
        Arguments of `runs.start`, one a training; ``split`` is a dict of `Split`'s fields.
    run : Run, optional
        The run that it describes: its main metric and how to reproduce it are added.
    """
    uses_split = any(call.get("split") for call in calls)
    lines = ["from mlops_desktop import open_project"]
    if uses_split:
        lines.append("from mlops_desktop.domain.runs import Split")
    lines += ["", f"p = open_project({_text(project)})"]
    for call in calls:
        lines += ["run = p.runs.start(", *_python_arguments(call), ").wait()"]
    metric = _main_metric(run)
    if metric:
        lines.append(f"print(run.metrics[{_text(metric[0])}])   # {metric[1]:.5g}")
    elif calls:
        lines.append("print(run.metrics)")
    if run is not None:
        lines.append(f"p.runs.reproduce({run.run_id})   # equal")
    return "\n".join(lines)


def _python_arguments(call: Mapping[str, object]) -> list[str]:
    lines: list[str] = []
    for name, value in call.items():
        if name == "split":
            if value:
                fields = [f"{k}={_text(v)}" for k, v in dict(value).items()]  # type: ignore[call-overload]
                inner = ", ".join(fields)
                long = len(inner) > _LONGEST
                lines += (
                    ["    split=Split(", *(f"        {f}," for f in fields), "    ),"]
                    if long
                    else [f"    split=Split({inner}),"]
                )
        elif name == "data" or value != DEFAULTS.get(name):
            lines.append(f"    {name}={_text(value)},")
    return lines


def _text(value: object) -> str:
    """A literal, with double quotes as people write them."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ", ".join(_text(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(k)}: {_text(v)}" for k, v in value.items()) + "}"
    return repr(value)


def as_command(project: str, calls: list[dict[str, object]], run: Run | None = None) -> str:
    """The same as a command line, for a POSIX shell."""
    lines = [f"export MLOPS_PROJECT={shlex.quote(project)}"]
    for call in calls:
        parts = ["mlops-desktop runs start", f"--data {shlex.quote(str(call.get('data', '')))}"]
        parts += [
            _option(n, v)
            for n, v in call.items()
            if n != "data" and v != DEFAULTS.get(n) and v not in ({}, [])
        ]
        lines.append(" \\\n  ".join(parts))
    if run is not None:
        lines.append(f"mlops-desktop runs reproduce {run.run_id}")
    return "\n".join(lines)


def _option(name: str, value: object) -> str:
    option = f"--{name.replace('_', '-')}"
    if name == "split":
        return f"{option} {shlex.quote(json.dumps(value, ensure_ascii=False))}"
    if isinstance(value, dict):
        return " ".join(f"{option} {shlex.quote(f'{k}={_plain(v)}')}" for k, v in value.items())
    if isinstance(value, list):
        return " ".join(f"{option} {shlex.quote(str(v))}" for v in value)
    return f"{option} {shlex.quote(str(value))}"


def _plain(value: ParamValue) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _main_metric(run: Run | None) -> tuple[str, float] | None:
    name = run.facts.main_metric if run is not None and run.facts else ""
    return (name, run.metrics[name]) if run is not None and name in run.metrics else None

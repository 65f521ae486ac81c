"""The files that make a bundle's folder an MLflow model."""

from __future__ import annotations

import json
import platform
import uuid
from typing import Any

from mlops_desktop.domain.evaluations import Signature, SignatureInput
from mlops_desktop.domain.messages import ExportWork, now

EXAMPLE_ROWS = 3
_TYPES = {
    "integer": "long",
    "decimal": "double",
    "boolean": "boolean",
    "text": "string",
    "date": "datetime",
    "timestamp": "datetime",
    "time": "string",
}


def example(golden: dict[str, Any]) -> bytes:
    """``input_example.json``: some of the recorded rows, missing values as null."""
    rows = {"columns": golden["columns"], "data": golden["rows"][:EXAMPLE_ROWS]}
    return json.dumps(rows, ensure_ascii=False, allow_nan=False).encode()


def mlflow_files(work: ExportWork, signature: Signature, requirements: str) -> dict[str, bytes]:
    """``MLmodel``, ``python_env.yaml`` and ``conda.yaml``."""
    python = platform.python_version()
    pip = requirements.split()
    environment = f"python: {python!r}\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n"
    listed = "".join(f"  - {line}\n" for line in pip)
    conda = (
        f"channels:\n- conda-forge\ndependencies:\n- python={python}\n- pip\n- pip:\n{listed}name: bundle\n"
    )
    return {
        "MLmodel": _mlmodel(work, signature, python).encode(),
        "python_env.yaml": environment.encode(),
        "conda.yaml": conda.encode(),
    }


def _mlmodel(work: ExportWork, signature: Signature, python: str) -> str:
    """The description that MLflow reads; a text in quotes as JSON has it is YAML too."""
    inputs = [_column(entry) for entry in signature.inputs if entry.type in _TYPES]
    outputs = [{"type": _TYPES.get(signature.output_type, "string"), "required": True}]
    return f"""flavors:
  python_function:
    code: .
    data: .
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: bundle.pyfunc
    python_version: {python}
model_uuid: {uuid.uuid4().hex}
saved_input_example_info:
  artifact_path: input_example.json
  pandas_orient: split
  type: dataframe
signature:
  inputs: {json.dumps(json.dumps(inputs))}
  outputs: {json.dumps(json.dumps(outputs))}
  params: null
utc_time_created: '{now():%Y-%m-%d %H:%M:%S.%f}'
metadata:
  name: {json.dumps(work.name)}
  version: {work.number}
  target: {json.dumps(signature.target)}
"""


def _column(entry: SignatureInput) -> dict[str, Any]:
    """A column of MLflow's signature.

    MLflow holds a whole number that may be missing to be a decimal, and has no boolean that may be missing:
    such a column carries the type that lets the value through; ``model/signature.json`` has the exact one.
    """
    kind = _TYPES[entry.type]
    if entry.may_be_missing and kind == "long":
        kind = "double"
    if entry.may_be_missing and kind == "boolean":
        return {"type": "any", "name": entry.name, "required": False}
    return {"type": kind, "name": entry.name, "required": entry.required}

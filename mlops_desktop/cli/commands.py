"""Commands from verbs: one function each, whose signature and help are read off the verb."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from mlops_desktop.domain.errors import InvalidInputError, NotFoundError, Where
from mlops_desktop.project.verb import Verb

EXAMPLES = {
    "dataset": "customers@3", "old": "customers@2", "new": "customers@3", "data": "customers", "file": "customers.csv",
    "model": "churn@champion", "run": "3", "runs": "3 4", "name": "churn", "alias": "champion", "folder": "out/churn",
    "source": "new.csv", "target": "scored.csv", "every": "'tuesday 18:00'", "like": "3", "job": "5", "column": "age",
    "role": "sensitive", "tags": "november", "notes": "'checked by hand'", "value": "2", "row": "'{\"age\": 41}'",
    "points": "@points.json",
}  # fmt: skip
"""A word for each required parameter, for the example that every help page shows."""


def command_name(verb: Verb) -> str:
    """``import`` for ``import_file``, ``set-alias`` for ``set_alias``."""
    return verb.method.removesuffix("_file").replace("_", "-")


def example(verb: Verb) -> str:
    """A command line that uses the verb."""
    words = ["mlops-desktop", *([verb.group] if verb.group else []), command_name(verb)]
    for name, parameter in verb.signature.parameters.items():
        if parameter.default is inspect.Parameter.empty:
            words.append(EXAMPLES.get(name, name.upper()))
    return " ".join(words)


def command(verb: Verb, call: Callable[[Verb, dict[str, Any]], int]) -> Callable[..., int]:
    """A function for cyclopts that calls `verb` with what the command line says.

    Parameters
    ----------
    verb : Verb
        The verb.
    call : callable
        Takes the verb and its arguments and returns the exit status.
    """

    parameters: list[inspect.Parameter] = []
    for name, parameter in verb.signature.parameters.items():
        required = parameter.default is inspect.Parameter.empty
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD if required else inspect.Parameter.KEYWORD_ONLY
        shown = shown_type(verb.hints[name])
        default = parameter.default
        if not required and shown is str and not isinstance(default, str):
            default = ""
        if not required and shown == list[str]:
            default = list[str]()
        parameters.append(inspect.Parameter(name, kind, default=default, annotation=shown))
    signature = inspect.Signature(parameters, return_annotation=int)

    def run(*args: Any, **options: Any) -> int:
        given = signature.bind(*args, **options).arguments
        return call(verb, {n: taken(n, v, verb.hints[n]) for n, v in given.items()})

    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    run.__name__ = verb.method
    run.__doc__ = _with_example(verb)
    return run


def _with_example(verb: Verb) -> str:
    doc = inspect.getdoc(verb.body) or ""
    head, mark, tail = doc.partition("\nParameters\n")
    return f"{head.rstrip()}\n\nExample: ``{example(verb)}``\n{mark}{tail}"


def shown_type(hint: Any) -> Any:
    """The type that the command line takes for a parameter of type `hint`.

    Words, numbers, choices and lists of them are themselves; a struct or a dict is text: JSON, ``@file``, or for a
    dict ``key=value`` as often as needed.
    """
    plain = bare(hint)
    if plain in (str, int, float, bool) or get_origin(plain) is Literal:
        return plain
    if get_origin(plain) is list and bare(get_args(plain)[0]) in (str, int, float):
        return list[bare(get_args(plain)[0])]
    if get_origin(plain) in (dict, list):
        return list[str]
    return str


def bare(hint: Any) -> Any:
    """`hint` without Annotated and without None."""
    if hasattr(hint, "__metadata__"):
        return bare(hint.__origin__)
    if get_origin(hint) in (Union, types.UnionType):
        parts = [bare(p) for p in get_args(hint) if p is not type(None)]
        if len(parts) == 1:
            return parts[0]
    return hint


def taken(name: str, value: Any, hint: Any) -> Any:
    """The value of type `hint` that a command line means.

    Raises
    ------
    InvalidInputError
        It can't be read as that; says of which option.
    """
    plain = bare(hint)
    is_text = plain in (str, int, float, bool) or get_origin(plain) is Literal
    if is_text or (get_origin(plain) is list and bare(get_args(plain)[0]) in (str, int, float)):
        return value
    try:
        if get_origin(plain) is dict and not (len(value) == 1 and value[0][:1] in "{@"):
            return msgspec.convert(dict(_pair(word) for word in value), type=plain, strict=False)
        if get_origin(plain) is list and not (len(value) == 1 and value[0][:1] in "[@"):
            return msgspec.convert([msgspec.json.decode(_document(w)) for w in value], type=plain)
        document = value[0] if isinstance(value, list) else value
        return None if document == "" else msgspec.json.decode(_document(document), type=plain)
    except (msgspec.DecodeError, ValueError) as error:
        raise InvalidInputError(
            f"--{name.replace('_', '-')} can't be read: {error}.",
            remedy="It takes JSON, or @file with JSON in it"
            + (", or key=value." if get_origin(plain) is dict else "."),
            where=Where(field=name),
        ) from error


def _pair(word: str) -> tuple[str, Any]:
    key, equals, value = word.partition("=")
    if not equals:
        raise ValueError(f"“{word}” is not key=value")
    try:
        return key, msgspec.json.decode(value)
    except msgspec.DecodeError:
        return key, value


def _document(text: str) -> bytes:
    if not text.startswith("@"):
        return text.encode()
    path = Path(text[1:]).expanduser()
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.")
    return path.read_bytes()

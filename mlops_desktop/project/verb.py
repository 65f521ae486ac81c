"""The seam: a verb is one method of a group, and everything else about it is derived.

`@verb` keeps the method's exact type and sends each call to the group's backend:

- **Local**, in the service, checks the right, opens the transaction, runs the body and records the change;
- **Remote**, elsewhere, packs the arguments, posts them and raises the same error class.

HTTP route, client, command line, change record, what a schedule stores and the help page all read the
`Verb` that stands in `VERBS`; none of them names a verb.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Concatenate,
    Literal,
    ParamSpec,
    Protocol,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from mlops_desktop.domain.changes import News
from mlops_desktop.domain.errors import InvalidInputError, Where
from mlops_desktop.domain.jobs import Job, JobRow, JobWaiter
from mlops_desktop.domain.messages import ServeWork
from mlops_desktop.domain.models import Prediction
from mlops_desktop.domain.projects import ServiceHealth
from mlops_desktop.domain.schedules import Preview, Schedule

if TYPE_CHECKING:
    from mlops_desktop.store.session import Session
    from mlops_desktop.store.work import Work

List = list
"""A group has a method ``list``, which hides the type of this name in its annotations."""

Right = Literal["view", "edit", "approve", "admin"]
RIGHTS: tuple[Right, ...] = get_args(Right)

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
G = TypeVar("G", bound="Group")


class Scheduler(Protocol):
    """What the verbs of schedules need of the part of the service that knows clocks."""

    def preview(self, session: Session, every: str, timezone: str, count: int) -> Preview:
        """What a timetable means."""
        ...

    def checked(self, session: Session, schedule: Schedule) -> Schedule:
        """The schedule with canonical times and a zone that exists, or an error that says what does not fit."""
        ...

    def pass_over(self, session: Session, schedule: Schedule) -> None:
        """Leave out the times of a schedule that passed while it rested."""
        ...

    def begin_anew(self, session: Session, schedule: Schedule) -> None:
        """Count the times of a schedule from now on: those of before aren't owed."""
        ...

    def next_due(self, session: Session) -> datetime | None:
        """The next time at which a schedule runs."""
        ...


class Backend(JobWaiter, Protocol):
    """The side a facade is bound to."""

    @property
    def scheduler(self) -> Scheduler:
        """What knows clocks (Local only)."""
        ...

    def call(self, verb: Verb, arguments: dict[str, Any]) -> Any:
        """Run `verb` and return what its method says it returns."""
        ...

    def session(self) -> Session:
        """The store, as the verb that is running may use it (Local only)."""
        ...

    def begin(self, kind: str, title: str, work: Callable[[Work], T], subject: str) -> Job[T]:
        """Begin a job when the verb's transaction has been committed (Local only)."""
        ...

    def active_jobs(self) -> List[JobRow]:
        """Jobs that have not ended, with their progress (Local only)."""
        ...

    def unwritten_jobs(self) -> List[JobRow]:
        """Jobs that have ended and could not be written down yet: the disk was full (Local only)."""
        ...

    def news(self, after: int, instance: str) -> News:
        """Events after the number `after` of the life `instance` (Local only)."""
        ...

    def predict(self, work: ServeWork, row: dict[str, Any]) -> Prediction:
        """What a model says of one row; its child stays warm for the next (Local only)."""
        ...

    def health(self) -> ServiceHealth:
        """The service as a process (Local only)."""
        ...

    def stop(self, force: bool) -> None:
        """End the service once this call is answered (Local only)."""
        ...


class Group:
    """A group of verbs: one attribute of `Project`, one word of the command line."""

    group: ClassVar[str] = ""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def __init_subclass__(cls, *, group: str | None = None) -> None:
        super().__init_subclass__()
        cls.group = cls.group if group is None else group
        for name, member in list(vars(cls).items()):
            found = getattr(member, "verb", None)
            if isinstance(found, Verb):
                found.group, found.method, found.owner = cls.group, name, cls
                VERBS[found.name] = found

    @property
    def store(self) -> Session:
        """The store within the running verb's transaction; only bodies may ask for it."""
        return self._backend.session()

    def begin(self, kind: str, title: str, work: Callable[[Work], T], subject: str = "") -> Job[T]:
        """Begin a job that does `work` after this verb is committed; see `Job`."""
        return self._backend.begin(kind, title, work, subject)


class Verb:
    """What is known of one verb, all of it read off its method."""

    def __init__(
        self, body: Callable[..., Any], right: Right, *, undoable: bool, waits: bool, recorded: bool
    ) -> None:
        self.body = body
        self.right: Right = right
        self.undoable = undoable
        self.waits = waits
        self.recorded = recorded
        self.group = ""
        self.method = body.__name__
        self.owner: type[Group] = Group

    @property
    def name(self) -> str:
        """``datasets.import_file``."""
        return f"{self.group}.{self.method}" if self.group else self.method

    @property
    def changes(self) -> bool:
        """Whether it runs on the writer, inside a transaction."""
        return self.right != "view"

    @functools.cached_property
    def signature(self) -> inspect.Signature:
        """The method's signature without self."""
        whole = inspect.signature(self.body)
        return whole.replace(parameters=list(whole.parameters.values())[1:])

    @functools.cached_property
    def hints(self) -> dict[str, Any]:
        """Types of the parameters and of ``return``, as objects."""
        return get_type_hints(self.body, include_extras=True)

    @functools.cached_property
    def arguments_type(self) -> type[msgspec.Struct]:
        """A struct of the arguments; decoding it checks them all at once."""
        fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
        for name, parameter in self.signature.parameters.items():
            if parameter.default is inspect.Parameter.empty:
                fields.append((name, self.hints[name]))
            else:
                fields.append((name, self.hints[name], parameter.default))
        title = "".join(part.title() for part in self.name.replace(".", "_").split("_")) + "Arguments"
        return msgspec.defstruct(title, fields, kw_only=True, forbid_unknown_fields=True)

    @functools.cached_property
    def local_files(self) -> frozenset[str]:
        """Parameters that are paths on the caller's side."""
        found: set[str] = set()
        for name in self.signature.parameters:
            for part in (self.hints[name], *get_args(self.hints[name])):
                for meta in getattr(part, "__metadata__", ()):
                    if isinstance(meta, msgspec.Meta) and (meta.extra or {}).get("local_file"):
                        found.add(name)
        return frozenset(found)

    @functools.cached_property
    def job_result(self) -> Any:
        """Type of the job's result, or None where the verb answers at once."""
        hint = self.hints["return"]
        return get_args(hint)[0] if get_origin(hint) is Job else None

    @functools.cached_property
    def fingerprint(self) -> str:
        """Changes whenever the signature does; a schedule stores it."""
        return hashlib.sha256(f"{self.name}{self.signature}".encode()).hexdigest()[:16]

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Arguments by name, defaults filled in, the caller's paths made absolute."""
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return {
            n: absolute(v) if n in self.local_files and v is not None else v
            for n, v in bound.arguments.items()
        }

    def pack_arguments(self, arguments: dict[str, Any]) -> bytes:
        """The arguments as they travel."""
        return msgspec.msgpack.encode(arguments)

    def unpack_arguments(self, packed: bytes) -> dict[str, Any]:
        """Checked arguments by name.

        Raises
        ------
        InvalidInputError
            One is missing, unknown or of another type; the message names it.
        """
        try:
            decoded = msgspec.msgpack.decode(packed or b"\x80", type=self.arguments_type)
        except msgspec.ValidationError as error:
            place = str(error).rpartition("$.")[2].rstrip("`") if "$." in str(error) else None
            raise InvalidInputError(
                f"{self.name} can't take these arguments: {error}.", where=Where(field=place)
            ) from error
        return {name: getattr(decoded, name) for name in self.signature.parameters}

    def pack_result(self, result: Any) -> bytes:
        """The result as it travels: a job as its row, anything else as it is."""
        return msgspec.msgpack.encode(result.row if isinstance(result, Job) else result)

    def unpack_result(self, packed: bytes, waiter: JobWaiter) -> Any:
        """The result as the method says it."""
        if self.job_result is not None:
            return Job(msgspec.msgpack.decode(packed, type=JobRow), self.job_result, waiter)
        return msgspec.msgpack.decode(packed, type=self.hints["return"])


VERBS: dict[str, Verb] = {}
"""Every verb by its name."""


def absolute(path: str) -> str:
    """`path` as seen from the caller's folder; nothing is resolved, so that links stay visible."""
    return str(Path(path).expanduser().absolute())


def verb(
    *, right: Right, undoable: bool = False, waits: bool = False, recorded: bool = True
) -> Callable[[Callable[Concatenate[G, P], R]], Callable[Concatenate[G, P], R]]:
    """Make a method a verb.

    Parameters
    ----------
    right : {"view", "edit", "approve", "admin"}
        What a caller must be allowed; ``view`` changes nothing and runs beside the writer.
    undoable : bool
        Whether Ctrl+Z takes it back.
    waits : bool
        It answers when news arrive; the service waits without a thread.
    recorded : bool
        False only for what comes a hundred times a second (points of a logging script).
    """
    if right not in RIGHTS:
        raise ValueError(f"unknown right {right!r}")

    def decorate(body: Callable[Concatenate[G, P], R]) -> Callable[Concatenate[G, P], R]:
        found = Verb(body, right, undoable=undoable, waits=waits, recorded=recorded)

        @functools.wraps(body)
        def send(self: G, *args: P.args, **kwargs: P.kwargs) -> R:
            return cast("R", self._backend.call(found, found.bind(args, kwargs)))  # pyright: ignore[reportPrivateUsage]

        send.verb = found  # type: ignore[attr-defined]
        return send

    return decorate

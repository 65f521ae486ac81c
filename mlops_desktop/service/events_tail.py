"""Reads a run's ``events.jsonl`` while its child writes it: whole lines only, from a byte offset on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlops_desktop import system
from mlops_desktop.domain.errors import DamagedError, ResourceError, Where

EVENTS_NAME: Final = "events.jsonl"
BATCH_LIMIT_BYTES: Final = 4 << 20
"""One batch; also the longest line that is taken."""
FILE_LIMIT_BYTES: Final = 4 << 30


@dataclass(frozen=True)
class Batch:
    """Whole lines in the order written, without their line ends, and the byte offset after them."""

    lines: list[bytes]
    offset: int


class EventsTail:
    """Follows the events of one run.

    Parameters
    ----------
    run_folder : Path
        Its folder; the file in it may not exist yet.
    offset : int
        Bytes that were taken before; a batch counts as taken when `offset` is set to the one after it.
    """

    def __init__(self, run_folder: Path, offset: int = 0) -> None:
        self.run_folder = run_folder
        self.offset = offset

    def read(self) -> Batch | None:
        """The lines after `offset`, at most `BATCH_LIMIT_BYTES`; None if there is no whole one yet.

        Raises
        ------
        RefusedError
            The file is a link, or no file.
        DamagedError
            The file has become shorter, or a line is longer than a batch.
        ResourceError
            The file is longer than `FILE_LIMIT_BYTES`.
        """
        try:
            file = system.open_nofollow(system.within(self.run_folder, EVENTS_NAME))
        except FileNotFoundError:
            return None
        with file:
            size_bytes = file.seek(0, 2)
            if size_bytes == self.offset:
                return None
            self._check(size_bytes)
            file.seek(self.offset)
            data = file.read(BATCH_LIMIT_BYTES)
        end = data.rfind(b"\n") + 1
        if end == 0:
            if len(data) == BATCH_LIMIT_BYTES:
                raise DamagedError(
                    "A message of the run is too long.",
                    reason=f"It has no end within {BATCH_LIMIT_BYTES:,} bytes.",
                    where=self._where(),
                )
            return None  # the child is in the middle of its line
        return Batch(data[: end - 1].split(b"\n"), self.offset + end)

    def _check(self, size_bytes: int) -> None:
        if size_bytes < self.offset:
            raise DamagedError(
                "The messages of the run have become shorter.",
                reason=f"{self.offset:,} bytes were read before, now there are {size_bytes:,}.",
                where=self._where(),
            )
        if size_bytes > FILE_LIMIT_BYTES:
            raise ResourceError(
                "The run has written too many messages.",
                reason=f"They take {size_bytes:,} bytes; {FILE_LIMIT_BYTES:,} are allowed.",
                where=self._where(),
            )

    def _where(self) -> Where:
        return Where(file=str(self.run_folder / EVENTS_NAME))

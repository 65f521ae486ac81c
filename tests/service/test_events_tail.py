from __future__ import annotations

from pathlib import Path

import pytest

from mlops_desktop.domain.errors import DamagedError, RefusedError, ResourceError
from mlops_desktop.service.events_tail import BATCH_LIMIT_BYTES, EVENTS_NAME, Batch, EventsTail


def write(folder: Path, data: bytes) -> None:
    with (folder / EVENTS_NAME).open("ab") as file:
        file.write(data)


def test_a_run_that_has_said_nothing_yet_has_no_lines(tmp_path: Path) -> None:
    assert EventsTail(tmp_path).read() is None


def test_a_half_line_waits_until_it_is_whole(tmp_path: Path) -> None:
    tail = EventsTail(tmp_path)
    write(tmp_path, b"one\ntw")
    assert tail.read() == Batch([b"one"], 4)
    tail.offset = 4
    assert tail.read() is None
    write(tmp_path, b"o\n")
    assert tail.read() == Batch([b"two"], 8)


def test_lines_count_as_taken_only_when_the_offset_is_moved(tmp_path: Path) -> None:
    tail = EventsTail(tmp_path)
    write(tmp_path, b"one\n")
    assert tail.read() == tail.read() == Batch([b"one"], 4)


def test_many_lines_come_in_batches_without_a_gap(tmp_path: Path) -> None:
    written = [b"%07d" % number * 20 for number in range(50_000)]
    write(tmp_path, b"\n".join(written) + b"\n")
    tail, taken, batches = EventsTail(tmp_path), [], 0
    while (batch := tail.read()) is not None:
        taken += batch.lines
        tail.offset = batch.offset
        batches += 1
    assert taken == written
    assert batches > 1


def test_a_line_without_end_is_damage_and_not_an_endless_wait(tmp_path: Path) -> None:
    write(tmp_path, b"x" * BATCH_LIMIT_BYTES)
    with pytest.raises(DamagedError, match="too long"):
        EventsTail(tmp_path).read()


def test_a_file_that_became_shorter_is_damage(tmp_path: Path) -> None:
    write(tmp_path, b"one\n")
    with pytest.raises(DamagedError, match="shorter"):
        EventsTail(tmp_path, offset=10).read()


def test_a_file_of_terabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / EVENTS_NAME).open("wb") as file:
        file.truncate(1 << 40)  # sparse
    with pytest.raises(ResourceError, match="too many messages"):
        EventsTail(tmp_path).read()


def test_a_folder_or_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / EVENTS_NAME).mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / EVENTS_NAME).symlink_to("/etc/passwd")
    for run in ("a", "b"):
        with pytest.raises(RefusedError):
            EventsTail(tmp_path / run).read()

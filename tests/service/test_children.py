from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from mlops_desktop import system
from mlops_desktop.domain.errors import ConflictError, RefusedError, ResourceError
from mlops_desktop.service.child_record import RECORD_NAME
from mlops_desktop.service.children import Child, Children

from ..running import until

WORKER = [sys.executable, str(Path(__file__).with_name("worker_script.py"))]
SERVICE = str(Path(__file__).with_name("children_script.py"))


class Lines:
    """Takes the lines of a child; `wait_for` waits until so many are there."""

    def __init__(self) -> None:
        self.taken: list[object] = []
        self.offset = 0
        self.changed = threading.Condition()

    def __call__(self, lines: list[bytes], offset: int) -> None:
        with self.changed:
            self.taken += [json.loads(line) for line in lines]
            self.offset = offset
            self.changed.notify_all()

    def wait_for(self, count: int) -> list[object]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.taken) >= count, 20), self.taken
            return self.taken


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PYTHONPATH", str(Path(system.__file__).parents[2]))  # for our scripts
    folder = tmp_path / "a.mlops"
    (folder / "runs").mkdir(parents=True)
    return folder


@pytest.fixture
def children(project: Path):
    made = Children(project, command=WORKER, poll_s=0.05)
    yield made
    made.close(end_children=True)


def first_worker() -> psutil.Process:
    """The worker, once it has become one: between fork and exec it is still this program."""
    until(lambda: bool(workers()))
    return workers()[0]


def workers() -> list[psutil.Process]:
    """The living workers that this process started (pytest-xvfb has a child of its own)."""
    living = [p for p in psutil.Process().children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE]
    return [process for process in living if WORKER[1] in process.cmdline()]


def a_run(project: Path, *steps: list[object], name: str = "1") -> Path:
    folder = project / "runs" / name
    folder.mkdir()
    (folder / "job.json").write_text(json.dumps({"do": steps}))
    return folder


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_all_lines_of_a_child_come_in_order_before_its_end(project: Path, children: Children) -> None:
    lines = Lines()
    end = children.run(a_run(project, *[["say", i] for i in range(500)]), lines).wait(20)
    assert lines.taken == list(range(500))
    assert (end.reason, end.exit_code) == ("ended", 0)


def test_a_torn_last_line_waits_and_is_not_taken(project: Path, children: Children) -> None:
    lines = Lines()
    run = a_run(project, ["say", "whole"], ["torn", '"half'], ["exit", 3])
    end = children.run(run, lines).wait(20)
    assert lines.taken == ["whole"]
    assert lines.offset == len(b'"whole"\n')
    assert end.exit_code == 3


def test_what_a_child_printed_is_kept_with_its_end(project: Path, children: Children) -> None:
    end = children.run(a_run(project, ["print", "Traceback: out of luck"], ["exit", 1]), Lines()).wait(20)
    assert "out of luck" in end.output


def test_a_warm_worker_takes_the_next_run(project: Path, children: Children) -> None:
    children.warm()
    warm = first_worker().pid
    lines = Lines()
    children.run(a_run(project, ["pids"]), lines)
    pid, niceness = lines.wait_for(1)[0]  # type: ignore[misc]
    assert pid == warm
    assert niceness == os.nice(0)


def test_a_warm_worker_that_died_is_replaced(project: Path, children: Children) -> None:
    children.warm()
    warm = first_worker()
    warm.kill()
    psutil.wait_procs([warm], 5)
    assert children.run(a_run(project, ["say", 1]), Lines()).wait(20).reason == "ended"


def test_an_idle_warm_worker_is_let_go(project: Path) -> None:
    children = Children(project, command=WORKER, idle_s=1.5)
    children.warm()
    warm = first_worker()
    assert psutil.wait_procs([warm], 10)[1] == []
    children.close()


def test_a_warm_worker_ends_when_its_service_is_killed(project: Path) -> None:
    service = subprocess.Popen(
        [sys.executable, SERVICE, str(project), "warm"], stdout=subprocess.PIPE, text=True
    )
    assert service.stdout is not None
    worker = psutil.Process(int(service.stdout.readline()))
    service.kill()
    service.communicate()
    assert psutil.wait_procs([worker], 10)[1] == []


@pytest.mark.slow
def test_cancel_ends_the_whole_tree_within_five_seconds(project: Path, children: Children) -> None:
    lines = Lines()
    child = children.run(
        a_run(project, ["pids"], ["spawn"], ["orphan"], ["stubborn"], ["say", 0], ["hang"]), lines
    )
    (pid, _), spawned, orphan, _ = lines.wait_for(4)  # type: ignore[misc]
    began = time.monotonic()
    child.cancel()
    assert child.wait(10).reason == "cancelled"
    assert time.monotonic() - began < 5
    assert is_gone(pid) and is_gone(spawned) and is_gone(orphan)


def test_a_child_over_its_memory_limit_is_ended_with_the_figures(project: Path, children: Children) -> None:
    child = children.run(a_run(project, ["eat", 300], ["hang"]), Lines(), memory_bytes=200_000_000)
    end = child.wait(20)
    assert end.reason == "memory"
    assert "limit of 200 MB" in end.message


def test_a_child_over_its_time_limit_is_ended(project: Path, children: Children) -> None:
    end = children.run(a_run(project, ["hang"]), Lines(), time_s=0.5).wait(20)
    assert (end.reason, end.message) == ("time", "The run took longer than its limit of 0.5 s.")


def test_a_child_that_ends_takes_what_it_left_behind_with_it(project: Path, children: Children) -> None:
    lines = Lines()
    children.run(a_run(project, ["orphan"], ["spawn"], ["exit", 0]), lines).wait(20)
    assert all(is_gone(pid) for pid in lines.taken)  # type: ignore[arg-type]


def test_a_child_killed_by_the_system_is_told_as_such(project: Path, children: Children) -> None:
    lines = Lines()
    child = children.run(a_run(project, ["pids"], ["hang"]), lines)
    lines.wait_for(1)
    assert child.who is not None
    os.kill(child.who.pid, signal.SIGKILL)
    end = child.wait(20)
    assert end.exit_code == -9
    assert "SIGKILL" in end.message


def a_killed_service(project: Path, run: Path) -> int:
    """Start `run` in a service of its own, kill that, and give the process of the run."""
    service = subprocess.Popen(
        [sys.executable, SERVICE, str(project), run.name], stdout=subprocess.PIPE, text=True
    )
    assert service.stdout is not None
    pid = int(service.stdout.readline())
    service.kill()
    service.communicate()
    return pid


def test_a_child_outlives_its_service_and_is_adopted(project: Path, children: Children) -> None:
    run = a_run(project, ["say", "first"], ["await", "go"], ["say", "second"])
    pid = a_killed_service(project, run)
    lines = Lines()
    child = children.run(run, lines, offset=len(b'"first"\n'))
    assert child.who is not None and child.who.pid == pid and child.is_running
    (run / "go").touch()
    assert child.wait(20).reason == "gone"
    assert lines.taken == ["second"]


def test_an_adopted_child_can_be_cancelled(project: Path, children: Children) -> None:
    run = a_run(project, ["say", 1], ["hang"])
    pid = a_killed_service(project, run)
    child = children.run(run, Lines())
    child.cancel()
    assert child.wait(10).reason == "cancelled"
    assert is_gone(pid)


def test_a_run_whose_child_ended_meanwhile_is_read_to_its_end_and_not_started_again(
    project: Path, children: Children
) -> None:
    run = a_run(project, ["say", 1], ["await", "go"], ["say", 2])
    worker = psutil.Process(a_killed_service(project, run))
    (run / "go").touch()
    assert psutil.wait_procs([worker], 10)[1] == []
    lines = Lines()
    assert children.run(run, lines).wait(20).reason == "gone"
    assert lines.taken == [1, 2]


def test_a_forged_child_record_can_not_name_a_process_to_kill(project: Path, children: Children) -> None:
    bystander = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    )
    run = a_run(project, ["hang"])
    who = system.identity(bystander.pid)
    record = {
        "run": "1",
        "pid": who.pid,
        "create_time": who.create_time,
        "boot": system.boot_id(),
        "seal": "0" * 64,
    }
    (run / RECORD_NAME).write_text(
        json.dumps({**record, "machine": system.machine_id(), "started": 0, "output": "x"})
    )
    child = children.run(run, Lines())
    child.cancel()
    child.wait(10)
    assert bystander.poll() is None
    bystander.communicate(b"\n")


def test_a_record_of_another_or_a_copied_run_is_not_believed(project: Path, children: Children) -> None:
    pid = a_killed_service(project, a_run(project, ["say", 1], ["hang"]))
    copied = a_run(project, ["hang"], name="2")
    (copied / RECORD_NAME).write_bytes((project / "runs/1" / RECORD_NAME).read_bytes())
    child = children.run(copied, Lines())
    assert child.who is None
    assert child.wait(10).reason == "gone"
    assert not is_gone(pid)
    children.run(project / "runs/1", Lines()).cancel()


def test_events_that_are_a_link_end_the_child_and_are_not_read(project: Path, children: Children) -> None:
    secret = project.parent / "secret"
    secret.write_text('"secret"\n')
    run = a_run(project, ["hang"])
    (run / "events.jsonl").symlink_to(secret)
    lines = Lines()
    assert children.run(run, lines).wait(10).reason == "broken"
    assert lines.taken == []


@pytest.mark.parametrize("name", ["../../outside", "/tmp", "runs/link", "runs/missing"])
def test_a_run_folder_that_leads_out_is_refused(project: Path, children: Children, name: str) -> None:
    (project.parent / "outside").mkdir()
    (project / "runs/link").symlink_to(project.parent / "outside")
    with pytest.raises(RefusedError):
        children.run(project / name, Lines())


def test_a_run_is_not_started_twice(project: Path, children: Children) -> None:
    run = a_run(project, ["hang"])
    children.run(run, Lines())
    with pytest.raises(ConflictError):
        children.run(run, Lines())


def test_lines_that_could_not_be_stored_come_again(project: Path, children: Children) -> None:
    lines, refusals = Lines(), iter([True, True])

    def full_at_first(batch: list[bytes], offset: int) -> None:
        if next(refusals, False):
            raise ResourceError("The disk is full.")
        lines(batch, offset)

    assert children.run(a_run(project, ["say", 1], ["say", 2]), full_at_first).wait(20).reason == "ended"
    assert lines.taken == [1, 2]


def test_a_line_that_nobody_understands_ends_the_child_and_is_raised_to_who_waits(
    project: Path, children: Children
) -> None:
    child = children.run(a_run(project, ["torn", "no json\n"], ["hang"]), Lines())
    with pytest.raises(json.JSONDecodeError):
        child.wait(20)
    assert not child.is_running


def test_closing_leaves_children_at_work_and_takes_no_more_lines(project: Path) -> None:
    children, lines = Children(project, command=WORKER, poll_s=0.02), Lines()
    child: Child = children.run(a_run(project, ["say", 1], ["await", "go"], ["say", 2]), lines)
    lines.wait_for(1)
    children.close()
    assert child.wait(1).reason == "left"
    assert child.is_running and lines.taken == [1]
    (child.run_folder / "go").touch()
    again = Children(project, command=WORKER, poll_s=0.02)
    again.run(child.run_folder, lines, offset=lines.offset).wait(10)
    again.close()
    assert lines.taken == [1, 2]


def all_workers(project: Path) -> list[psutil.Process]:
    """Living workers of any service of this test, told by the environment that they inherited."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if process.info["status"] != psutil.STATUS_ZOMBIE and WORKER[1] in (process.info["cmdline"] or []):
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.environ().get("XDG_STATE_HOME") == str(project.parent / "state"):
                    found.append(process)
    return found


def killed_at_some_moment(project: Path, run: Path, dice: random.Random) -> list[object]:
    """What is known of `run` when its service was killed around its start and another one took over."""
    arguments = [sys.executable, SERVICE, str(project), run.name, "now"]
    service = subprocess.Popen(arguments, stdout=subprocess.PIPE)
    assert service.stdout is not None and service.stdout.readline()
    with contextlib.suppress(subprocess.TimeoutExpired):
        service.wait(dice.uniform(0, 0.06))
    service.kill()
    service.communicate()
    lines, children = Lines(), Children(project, command=WORKER, poll_s=0.05)
    children.run(run, lines).wait(20)
    children.close()
    return lines.taken


@pytest.mark.slow
def test_whenever_the_service_is_killed_a_run_is_worked_on_once_or_gone_and_no_worker_is_left(
    project: Path,
) -> None:
    seed = random.randrange(1 << 32)
    print("seed", seed)
    dice = random.Random(seed)
    outcomes = []
    for number in range(15):
        run = a_run(project, ["say", 1], ["say", 2], name=str(number))
        outcomes.append(killed_at_some_moment(project, run, dice))
    print(outcomes)
    assert all(outcome in ([], [1, 2]) for outcome in outcomes), outcomes
    assert psutil.wait_procs(all_workers(project), 10)[1] == []


def test_a_service_that_fails_without_closing_still_ends(project: Path) -> None:
    script = "import sys, pathlib; from mlops_desktop.service.children import Children; Children(pathlib.Path(sys.argv[1])); 1 / 0"
    assert (
        subprocess.run(
            [sys.executable, "-c", script, str(project)], stderr=subprocess.DEVNULL, timeout=20
        ).returncode
        == 1
    )


def test_no_thread_and_no_process_is_left_after_closing(project: Path) -> None:
    before = threading.active_count()
    children = Children(project, command=WORKER, poll_s=0.05)
    children.warm()
    children.run(a_run(project, ["spawn"], ["hang"]), Lines())
    children.close(end_children=True)
    assert threading.active_count() == before
    assert workers() == []

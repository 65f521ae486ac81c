import threading

import pytest
from PySide6.QtCore import QObject

from mlops_desktop.domain.errors import InvalidInputError


@pytest.fixture
def owner():
    return QObject()


def test_an_answer_comes_on_the_gui_thread(qtbot, tasks, owner):
    seen = []
    tasks.run(threading.get_ident, lambda ident: seen.append((ident, threading.get_ident())), owner=owner)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0] != threading.main_thread().ident
    assert seen[0][1] == threading.main_thread().ident


def test_a_late_answer_is_dropped(qtbot, tasks, owner):
    gate, seen = threading.Event(), []
    tasks.run(lambda: gate.wait(5) and "old", seen.append, owner=owner, key="list")
    tasks.run(lambda: "new", seen.append, owner=owner, key="list")
    qtbot.waitUntil(lambda: seen == ["new"])
    gate.set()
    qtbot.waitUntil(lambda: tasks.busy == 0)
    assert seen == ["new"]


def test_keys_of_two_owners_are_apart(qtbot, tasks):
    first, second, seen = QObject(), QObject(), []
    tasks.run(lambda: 1, seen.append, owner=first, key="list")
    tasks.run(lambda: 2, seen.append, owner=second, key="list")
    qtbot.waitUntil(lambda: sorted(seen) == [1, 2])


def test_an_answer_for_a_deleted_owner_is_dropped(qtbot, tasks):
    from shiboken6 import delete

    gate, seen, owner = threading.Event(), [], QObject()
    tasks.run(lambda: gate.wait(5), seen.append, owner=owner)
    delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: tasks.busy == 0)
    assert seen == []


def refuse():
    raise InvalidInputError("no")


def break_down():
    raise ZeroDivisionError("bug")


def test_an_expected_failure_goes_to_its_taker(qtbot, tasks, owner):
    seen = []
    tasks.run(refuse, seen.append, owner=owner, failed=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], InvalidInputError)


def test_a_failure_that_nobody_takes_is_told(qtbot, tasks, owner):
    with qtbot.waitSignal(tasks.failed) as told:
        tasks.run(refuse, lambda _: None, owner=owner)
    assert told.args[0].message == "no"


def test_a_bug_is_logged_and_told(qtbot, tasks, owner, caplog):
    with qtbot.waitSignal(tasks.bug_found) as told:
        tasks.run(break_down, lambda _: None, owner=owner, failed=lambda _: pytest.fail("not expected"))
    assert isinstance(told.args[0], ZeroDivisionError)
    assert "ZeroDivisionError" in caplog.text


def test_the_spinner_is_hidden_after_a_failure(qtbot, tasks, owner):
    seen = []
    tasks.run(
        refuse, lambda _: None, owner=owner, failed=lambda _: None, always=lambda: seen.append("hidden")
    )
    qtbot.waitUntil(lambda: seen == ["hidden"])


def test_close_waits_for_what_runs_and_delivers_nothing(qtbot, tasks, owner):
    begun, gate, seen = threading.Event(), threading.Event(), []

    def call():
        begun.set()
        return gate.wait(5)

    tasks.run(call, seen.append, owner=owner)
    begun.wait(5)
    threading.Timer(0.05, gate.set).start()
    tasks.close()
    assert gate.is_set()
    assert tasks.run(lambda: 1, seen.append, owner=owner).dropped
    assert seen == []

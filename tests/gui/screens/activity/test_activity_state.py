"""Changes as they are listed, and which of them can be taken back here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlops_desktop.domain.changes import Change, RowChange
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.domain.projects import DoctorReport, Finding
from mlops_desktop.gui.screens.activity.activity_state import (
    MOST_JOBS,
    SCHEDULES,
    ActivityFacts,
    ActivityIntent,
    activity_facts,
    activity_state,
    kind_of,
    next_undo,
    with_older,
)
from mlops_desktop.gui.screens.activity.change_state import change_details, command_of
from mlops_desktop.gui.screens.activity.check_state import check_words
from mlops_desktop.project import Project

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HERE = "window-1"


def change(number: int, verb: str = "models.set_alias", hours: float = 0, **other: Any) -> Change:
    facts: dict[str, Any] = {
        "summary": f"Change {number}", "arguments": "{}", "actor": "ann", "client": HERE, "at": NOW - timedelta(hours=hours),
        "rows": [], "undoable": True,
    }  # fmt: skip
    return Change(number, verb, **facts | other)


def shown(*changes: Change, **intent: Any):
    return activity_state(ActivityFacts(changes, (), NOW), ActivityIntent(**intent), HERE, NOW, UTC)


def test_changes_stand_below_their_day():
    lines = shown(change(3), change(2, hours=2), change(1, hours=30)).lines
    assert [line.band or line.key for line in lines] == [
        "Today, 25 November",
        "3",
        "2",
        "Yesterday, 24 November",
        "1",
    ]


def test_only_the_newest_change_of_this_window_offers_undo():
    lines = shown(change(3, client="window-2"), change(2), change(1)).lines
    assert [line.key for line in lines if line.can_undo] == ["2"]


def test_what_was_taken_back_is_marked_and_the_one_before_is_next():
    changes = (change(3, "activity.undo", undoes=2, undoable=False), change(2, undone=True), change(1))
    assert next_undo(changes, HERE) == 1
    assert [line.mark for line in shown(*changes).lines if line.key == "2"] == ["taken back"]


def test_an_undo_is_of_the_kind_that_it_took_back():
    undo = change(2, "activity.undo", rows=[RowChange("schedule", [1], {}, {})])
    assert kind_of(undo) == "automation"


@pytest.mark.parametrize(
    ("intent", "keys"),
    [
        ({"actor": "bob"}, ["2"]),
        ({"kind": "data"}, ["1"]),
        ({"text": "change 3"}, ["3"]),
        ({}, ["3", "2", "1"]),
    ],
)
def test_changes_are_found_by_person_kind_and_words(intent: dict[str, Any], keys: list[str]):
    found = shown(change(3), change(2, actor="bob"), change(1, "datasets.import_file"), **intent)
    assert [line.key for line in found.lines if not line.band] == keys


def test_all_schedules_stand_together_among_the_actors():
    nightly = change(2, actor="schedule “nightly”", client="schedule-1")
    weekly = change(1, actor="schedule “weekly”", client="schedule-2")
    assert shown(change(3), nightly, weekly).actors == (("ann", "ann"), (SCHEDULES, "Schedules"))
    found = shown(change(3), nightly, weekly, actor=SCHEDULES)
    assert [(line.key, line.via) for line in found.lines if not line.band] == [
        ("2", "schedule"),
        ("1", "schedule"),
    ]


def test_a_check_counts_in_words():
    report = DoctorReport(True, {"data sets": 1, "models": 2}, [], 0.2)
    assert check_words(report).checked == "Checked 1 data set, 2 models. The chain of changes holds."


def test_older_changes_are_never_listed_twice():
    facts = with_older(ActivityFacts((change(3), change(2))), [change(2), change(1)])
    assert [c.sequence for c in facts.changes] == [3, 2, 1]


def test_a_change_is_shown_with_what_was_and_what_is():
    row = RowChange(
        "schedule", [1], {"name": "weekly", "state": "active"}, {"name": "weekly", "state": "paused"}
    )
    details = change_details(change(1, rows=[row]), (change(1),), HERE, UTC)
    [field] = details.rows[0].fields
    assert (field.name, field.before, field.after) == ("state", "active", "paused")


def test_a_change_is_shown_as_the_command_that_does_the_same():
    command = command_of("models.set_alias", '{"model": "it\'s@2", "alias": "champion"}')
    assert command == """mlops-desktop models set-alias 'it'"'"'s@2' champion"""


def test_a_verb_that_is_gone_has_no_command():
    assert command_of("models.sing", "{}") == ""


def test_a_running_job_says_what_it_does():
    job = JobRow(
        1, "train", "Train run 3", "running", NOW, "ann", stage="Folds", started_at=NOW - timedelta(seconds=3)
    )
    [line] = activity_state(ActivityFacts(jobs=(job,)), ActivityIntent(tab="jobs"), HERE, NOW, UTC).jobs
    assert (line.state, line.took, line.why) == ("running", "3.0 s", "Folds")


def test_errors_of_a_check_stand_before_its_notes():
    findings = [
        Finding("note", "an unnamed file"),
        Finding("error", "a file is damaged", "restore the backup"),
    ]
    words = check_words(DoctorReport(False, {"files": 3}, findings, 0.3))
    assert (words.chip, words.findings[0].what) == ("1 error", "a file is damaged")


@pytest.mark.parametrize("count", [MOST_JOBS - 1, MOST_JOBS, MOST_JOBS + 1])
def test_older_jobs_are_offered_where_there_are_some(host: Any, project: Project, count: int) -> None:
    values = "i, 'train', 'Train', 'finished', '', now()::timestamp, 'ann', '', null, null, null, null"
    with host.store.writing() as session:
        session.cursor.execute(f"insert into job select {values} from range(1, {count + 1}) t(i)")
    found = activity_facts(project, 0)
    assert (len(found.jobs), found.more_jobs) == (min(count, MOST_JOBS), count > MOST_JOBS)
    assert activity_state(found, ActivityIntent(), HERE, NOW, UTC).more_jobs == found.more_jobs
    assert not activity_facts(project, 0, MOST_JOBS + 1).more_jobs

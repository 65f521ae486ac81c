"""What the overview asks a project for, however many runs it has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mlops_desktop.domain.messages import Outcome
from mlops_desktop.domain.runs import DataInput, RunFacts, RunSpec
from mlops_desktop.gui.screens.overview.overview_facts import LOOK_BACK, best_run, overview_facts
from mlops_desktop.project import Project

SCRIPTS = """
insert into run select i, 'trial', 'logged', 'finished', 'null', null, null, '{}', null, '', '[]', now()::timestamp, 'ann',
null, null, null from range(4, ?) t(i)
"""


@pytest.mark.parametrize("after", [LOOK_BACK - 3, LOOK_BACK - 2, LOOK_BACK])
def test_the_best_run_is_found_however_many_came_after_it(host: Any, project: Project, after: int) -> None:
    with host.store.writing() as session:
        for mae in (41.0, 39.0, 40.0):
            run = session.runs.add(RunSpec("rentals", "linear", DataInput("bikes", 1)), "Linear", "training")
            facts = RunFacts(main_metric="mae")
            session.runs.finish(run, Outcome("finished", datetime.now(UTC), {"mae": mae}, facts))
        session.cursor.execute(SCRIPTS, [after + 4])
    facts = overview_facts(project)
    best = best_run(facts)
    assert len(facts.runs) == min(after + 3, LOOK_BACK)
    assert best is not None and best.run_id == 2

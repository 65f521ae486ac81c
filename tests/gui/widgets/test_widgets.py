from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QPushButton

from mlops_desktop.gui.widgets.buttons import SegmentedControl
from mlops_desktop.gui.widgets.code import LogView
from mlops_desktop.gui.widgets.drop_area import dropped_files
from mlops_desktop.gui.widgets.forms import Field, Select, TextField
from mlops_desktop.gui.widgets.labels import Chip, ElidedLabel
from mlops_desktop.gui.widgets.progress import ProgressRow, time_left


def test_a_long_text_is_cut_and_told_whole(qtbot):
    label = ElidedLabel("a rather long name of a data set")
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    assert label.text().endswith("…")
    assert label.toolTip() == "a rather long name of a data set"


def test_a_status_has_an_icon_beside_its_colour(qtbot):
    good, neutral = Chip("passed", "good"), Chip("passed", "neutral")
    qtbot.addWidget(good)
    qtbot.addWidget(neutral)
    assert good.sizeHint().width() > neutral.sizeHint().width()


def test_choosing_a_segment_is_told(qtbot):
    control = SegmentedControl([("append", "Append"), ("replace", "Replace")])
    qtbot.addWidget(control)
    assert control.choice == "append"
    with qtbot.waitSignal(control.chosen) as told:
        control.button("replace").click()
    assert told.args == ["replace"]
    assert control.choice == "replace"


def test_choosing_by_program_is_not_told(qtbot):
    control = Select([("a", "A"), ("b", "B")])
    qtbot.addWidget(control)
    with qtbot.assertNotEmitted(control.chosen):
        control.choose("b")
    assert control.choice == "b"


def test_an_error_stands_at_its_field(qtbot):
    field = Field("Folder", TextField())
    qtbot.addWidget(field)
    field.show_error("There is a project already.")
    assert field.field.property("state") == "bad"
    field.show_error("")
    assert field.field.property("state") == ""


def test_cancel_says_that_it_is_under_way(qtbot):
    row = ProgressRow()
    qtbot.addWidget(row)
    row.show_progress("fold 4 of 5", 0.6, "3 s left")
    button = row.findChild(QPushButton)
    with qtbot.waitSignal(row.cancelled):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "Cancelling..."
    assert not button.isEnabled()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s left"), (89, "89 s left"), (120, "2 min left"), (4200, "1 h 10 min left")],
)
def test_time_left_is_said_in_words(seconds, words):
    assert time_left(seconds) == words


def test_a_log_stays_where_the_person_reads(qtbot):
    log = LogView()
    qtbot.addWidget(log)
    log.resize(300, 100)
    log.show()
    log.show_lines(f"line {i}" for i in range(200))
    assert log.verticalScrollBar().value() == log.verticalScrollBar().maximum()
    log.verticalScrollBar().setValue(3)
    log.add_lines(["more"])
    assert log.verticalScrollBar().value() == 3


def test_only_local_files_are_taken():
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/tmp/a.csv"), QUrl("https://example.org/b.csv")])
    assert dropped_files(data) == [Path("/tmp/a.csv")]

import math

import pytest

from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.gui.charts.chart import nice_ticks
from mlops_desktop.gui.charts.legend import isolated
from mlops_desktop.gui.charts.line_chart import LineChart
from mlops_desktop.gui.charts.painted import Bar, BarChart, HeatMatrix
from mlops_desktop.gui.charts.scatter_chart import ScatterChart
from mlops_desktop.gui.charts.series import Series, SeriesColours, summary_of


@pytest.fixture
def chart(qtbot):
    made = LineChart("Error by month", "month")
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    made.show_series(
        [Series("#1", [0, 1, 2, 3], [1.0, None, math.inf, 4.0]), Series("#2", [0, 1], [2.0, 3.0], 1)]
    )
    return made


def test_points_that_cannot_be_shown_are_told(chart):
    assert chart.note == "2 points can't be shown"


def test_a_logarithmic_axis_leaves_out_zero(qtbot):
    chart = LineChart(log_y=True)
    qtbot.addWidget(chart)
    chart.show_series([Series("loss", [0, 1, 2], [1.0, 0.0, 0.01])])
    assert chart.note == "1 point is not above 0: a logarithmic axis can't show it"


def test_the_chart_is_a_table_too(chart):
    data = chart.table()
    assert data.names == ("month", "#1", "#2")
    assert data.rows[0] == (0, 1.0, 2.0)
    chart.show_as_table()
    assert chart.shows_table
    chart.show_as_table(False)
    assert not chart.shows_table


def test_the_summary_is_heard(chart):
    assert "#2: 2 points from 2 to 3" in chart.accessibleDescription()


@pytest.mark.parametrize(
    ("suffix", "start"),
    [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF"), ("csv", b"month,#1,#2\n0,1.0,2.0\n")],
)
def test_a_chart_is_exported(chart, tmp_path, suffix, start):
    path = tmp_path / f"chart.{suffix}"
    chart.export(path)
    assert path.read_bytes().startswith(start)


def test_an_svg_holds_lines_not_a_picture(chart, tmp_path):
    chart.export(tmp_path / "chart.svg")
    text = (tmp_path / "chart.svg").read_text()
    assert "<image" not in text
    assert chart.palette is not None and "#2f6feb" in text


def test_an_unknown_format_is_refused(chart, tmp_path):
    with pytest.raises(InvalidInputError, match="gif"):
        chart.export(tmp_path / "chart.gif")


def test_a_click_in_the_legend_hides_and_ctrl_leaves_alone():
    names = ["a", "b", "c"]
    assert isolated(names, frozenset(), "a", alone=False) == {"a"}
    assert isolated(names, frozenset({"a"}), "a", alone=False) == frozenset()
    assert isolated(names, frozenset(), "a", alone=True) == {"b", "c"}
    assert isolated(names, frozenset({"b", "c"}), "a", alone=True) == frozenset()


def test_a_hidden_series_stays_hidden_with_new_data(chart):
    chart.legend.toggle("#1")
    chart.show_series([Series("#1", [0, 1], [1, 2]), Series("#2", [0, 1], [2, 3], 1)])
    assert chart.legend.hidden_names == {"#1"}


def test_a_run_keeps_its_colour_beside_others():
    colours = SeriesColours()
    first = colours.assign(["run 1", "run 2"])
    again = colours.assign(["run 3", "run 2"])
    assert again["run 2"] == first["run 2"]
    assert len(set(again.values())) == 2


def test_charts_follow_the_theme(chart, look):
    before = chart.grab().toImage()
    look.set_choice("dark")
    assert chart.grab().toImage() != before


def test_very_many_points_become_an_image(qtbot):
    chart = ScatterChart("cloud")
    qtbot.addWidget(chart)
    chart.show_series([Series("all", range(60_000), range(60_000))])
    assert type(chart._items["all"][0]).__name__ == "ImageItem"


def test_a_bar_is_picked(qtbot):
    chart = BarChart("MAE")
    qtbot.addWidget(chart)
    chart.resize(300, 200)
    chart.show()
    chart.show_bars([Bar("May", 56.1, key="5"), Bar("Jun", None)])
    chart.grab()
    assert chart.at(chart._paper.rect().center() * 0.5)[0] == "5"
    assert chart.note == "1 values can't be shown"


def test_a_confusion_matrix_says_its_share(qtbot):
    matrix = HeatMatrix("Confusion", "actual", "predicted")
    qtbot.addWidget(matrix)
    matrix.show_matrix(["no", "yes"], ["no", "yes"], [[80, 5], [5, 10]])
    assert "90.0% of 100 on the diagonal" in matrix.summary()


def has_ink(matrix: HeatMatrix) -> bool:
    """Whether something is written in the matrix's first cell."""
    picture = matrix._paper.grab().toImage()
    cell = matrix._areas[0][0]
    middle = cell.center().toPoint().y()
    row = range(round(cell.left()) + 3, round(cell.right()) - 3)
    return len({picture.pixel(x, middle) for x in row}) > 1


def test_numbers_stand_in_a_confusion_matrix_only_where_they_fit(qtbot):
    few, many = HeatMatrix("few"), HeatMatrix("many")
    names = [chr(65 + i) for i in range(16)]
    for matrix, classes in ((few, names[:2]), (many, names)):
        qtbot.addWidget(matrix)
        matrix.resize(400, 200)
        matrix.show()
        matrix.show_matrix(classes, classes, [[0] * len(classes) for _ in classes])
    assert has_ink(few) and not has_ink(many)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 0), (-3, 7), (1e-9, 2e-9), (0, 56.1), (5, 5)])
def test_ticks_are_round_and_enclose_the_values(low, high):
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low and ticks[-1] >= high
    assert 2 <= len(ticks) <= 8


def test_a_series_without_values_is_told():
    assert summary_of([Series("#1", [0], [None])]) == "#1 has no values."


def test_a_million_points_are_told_and_read_without_a_pause(qtbot):
    import numpy as np

    x = np.arange(1_000_000.0)
    y = np.where(x == 7, np.nan, x)
    chart = LineChart("long")
    qtbot.addWidget(chart)
    chart.show_series([Series("walk", x, y)])
    assert chart.note == "1 point can't be shown"
    assert "999,999 points from 0 to 1e+06" in chart.summary()


@pytest.mark.parametrize("kind", [LineChart, ScatterChart])
def test_a_curve_with_nan_first_and_infinity_within_has_a_finite_axis_and_says_what_is_left_out(qtbot, kind):
    y = [math.sin(n / 30) for n in range(600)]
    y[0], y[300] = math.nan, math.inf
    chart = kind("step")
    qtbot.addWidget(chart)
    chart.resize(500, 300)
    chart.show()
    chart.show_series([Series("loss", list(range(600)), y)])
    assert chart.note == "2 points can't be shown"
    assert "598 points" in chart.summary()
    chart._canvas.plot.vb.updateAutoRange()
    low, high = chart._canvas.plot.vb.viewRange()[1]
    assert -1.2 < low < -0.9 and 0.9 < high < 1.2


def test_switching_to_a_logarithmic_axis_says_what_it_cannot_show_and_back(chart):
    chart.show_series([Series("loss", [0, 1, 2, 3], [1e-300, 0.0, -1.0, 1e300])])
    chart.set_log_y(True)
    assert chart.note == "2 points are not above 0: a logarithmic axis can't show them"
    chart._canvas.plot.vb.updateAutoRange()
    low, high = chart._canvas.plot.vb.viewRange()[1]
    assert -340 < low < -300 and 300 < high < 340
    chart.set_log_y(False)
    assert chart.note == ""


def test_of_a_choice_of_points_all_that_are_lost_are_told(chart):
    chart.show_series([Series("loss", [0, 9], [1.0, 2.0], lost=(7, 100))])
    assert chart.note == "7 points can't be shown"
    chart.set_log_y(True)
    assert "100 points are not above 0" in chart.note


def test_values_up_to_1e300_have_their_whole_range_on_either_axis_at_once(chart):
    chart.show_series([Series("loss", [0, 1, 2, 3], [1.0, 0.0, 1e-300, 1e300])])
    for log_y, least in ((False, 0.9e300), (True, 300.0), (False, 0.9e300)):
        chart.set_log_y(log_y)
        chart.grab()
        low, high = chart._canvas.plot.vb.viewRange()[1]
        assert least < high < 1.3 * least + 10 and low < 0

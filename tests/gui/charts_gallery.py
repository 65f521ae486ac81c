"""All charts in one window: `python tests/gui/charts_gallery.py [light|dark] picture.png WIDTHxHEIGHT`."""

from __future__ import annotations

import math
import random
import sys
from datetime import datetime, timedelta

from mlops_desktop.gui.application import make_application
from mlops_desktop.gui.charts.line_chart import LineChart
from mlops_desktop.gui.charts.painted import Bar, BarChart, HeatMatrix, HistogramStrip, StripBar
from mlops_desktop.gui.charts.scatter_chart import ScatterChart
from mlops_desktop.gui.charts.series import Mark, Series
from mlops_desktop.gui.charts.timeline import Span, Timeline
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.cells import Cell, Reach
from mlops_desktop.gui.widgets.chain import Box, Chain
from mlops_desktop.gui.widgets.layouts import FoldingRow, Page
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn

MONTHS = ["Jul 2011", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan 2012", "Feb", "Mar", "Apr", "May", "Jun"]


def charts() -> Page:
    dice = random.Random(7)
    lines = LineChart("Error by month", from_zero=True)
    x = list(range(12))
    lines.show_series(
        [
            Series("#33, last 6 months", x, [30, 28, 33, 29, 31, 37, 55, 33, 62, None, 56, 42], 0),
            Series("#31, all months", x, [30, 27, 34, 31, 33, 24, 60, 55, 83, 79, 68, 72], 1),
            Series("#32, mean by hour", x, [70, 54, 44, 43, 49, 64, 47, 35, 83, 100, 105, 101], 2),
        ],
        MONTHS,
        [Mark(8, "drift alert")],
    )
    roc = LineChart("ROC curves", "false positive rate", diagonal=True)
    grid = [i / 50 for i in range(51)]
    roc.show_series([Series(f"#{9 - i}", grid, [v ** (0.2 + 0.1 * i) for v in grid], i) for i in range(3)])
    band = LineChart("Estimate")
    days = list(range(200))
    est = [0.85 - 0.03 / (1 + math.exp((100 - d) / 15)) for d in days]
    band.show_series(
        [Series("estimated", days, est, 0, ([e - 0.006 for e in est], [e + 0.006 for e in est]))]
    )
    bars = BarChart("MAE by month", decimals=1)
    bars.show_bars(
        [
            Bar(m, v, colour=c)
            for m, v, c in (
                ("May", 56.1, 0),
                ("Jun", 42.5, 0),
                ("Jul", 43.6, 0),
                ("Aug", 35.9, 0),
                ("Sep", 43.1, 0),
                ("Oct", 39.3, 1),
            )
        ]
    )
    drives = BarChart("What drives it", lying=True, decimals=3)
    drives.show_bars(
        [
            Bar(n, v, 0.02)
            for n, v in (
                ("contract", 0.31),
                ("tenure", 0.27),
                ("monthly_charges", 0.19),
                ("internet_service", 0.14),
                ("total_charges", 0.11),
                ("payment_method", 0.08),
            )
        ]
    )
    cloud = ScatterChart("Predicted against actual", "actual rentals", diagonal=True)
    actual = [dice.uniform(0, 900) for _ in range(700)]
    cloud.show_series(
        [
            Series("October", actual, [a * 0.9 + dice.gauss(0, 40) for a in actual], 0),
            Series("the storm", [80, 120, 60], [300, 310, 420], 1),
        ]
    )
    dense = ScatterChart("Dense")
    many = [dice.gauss(0, 1) for _ in range(60_000)]
    dense.show_series([Series("all", many, [m * 0.6 + dice.gauss(0, 0.5) for m in many], 0)])
    confusion = HeatMatrix("Confusion", "actual", "predicted")
    confusion.show_matrix(["no", "yes"], ["no", "yes"], [[4510, 320], [410, 803]])
    heat = HeatMatrix("Drift", limits=(0.1, 0.25))
    heat.show_matrix(
        [f"feature {i}" for i in range(8)],
        [f"{d} Nov" for d in range(10, 24)],
        [[dice.random() * 0.09 if i or d < 6 else 0.12 + d / 60 for d in range(14)] for i in range(8)],
    )
    strip = HistogramStrip("Split")
    strip.show_bars(
        [
            StripBar(10 + 3 * i, m, "chart_ghost" if i < 5 else 0 if i < 11 else 1)
            for i, m in enumerate(MONTHS)
        ]
    )
    drift = HistogramStrip("tenure")
    drift.show_bars(
        [StripBar(math.exp(-((i - 7) ** 2) / 9), "", 1, math.exp(-((i - 14) ** 2) / 30)) for i in range(24)]
    )

    week = Timeline("This week")
    monday = datetime(2026, 11, 23)
    spans = [
        Span("churn weekly", monday + timedelta(hours=18), monday + timedelta(hours=27)),
        Span("nightly", monday + timedelta(hours=26), monday + timedelta(hours=30), "bad"),
        Span("nightly", monday + timedelta(hours=74), monday + timedelta(hours=78), "chart_ghost"),
    ]
    week.show_spans(["churn weekly", "nightly"], spans, monday, now=monday + timedelta(hours=33))
    slices = SimpleTable(
        [
            TableColumn("s", "Slice"),
            TableColumn("r", "MAE, 0 to 240", stretch=2),
            TableColumn("d", "Difference", stretch=1),
        ],
        dense=True,
        fits_rows=True,
    )
    tie = Reach(((-0.1, "chart_axis"),), (-1, 1), (-0.4, 0.2), 0)
    slices.set_rows(
        [
            (
                "a",
                (
                    "Rain",
                    Cell(reach=Reach(((77, 0), (98, 1)), (0, 240))),
                    Cell(reach=Reach(((0.6, "good"),), (-1, 1), (0.4, 0.8), 0, "good")),
                ),
            ),
            ("b", ("Night", Cell(reach=Reach(((10.7, 0), (14.1, 1)), (0, 240))), Cell(reach=tie))),
        ]
    )
    chain = Chain(
        [
            Box("f", "bikes.csv", "sha 9f3a"),
            Box("d", "bikes v22", "7,019 rows"),
            Box("r", "run #33", "seed 7", True),
            Box("m", "rentals v3", "champion"),
        ]
    )

    def card(chart: object, title: str) -> Card:
        made = Card(title).add(chart)  # type: ignore[arg-type]
        made.setMinimumHeight(250)
        return made

    return Page(
        FoldingRow([(Card("Lineage").add(chain), 1), (Card("Slices").add(slices), 1)]),
        FoldingRow([(card(week, "This week"), 1)]),
        FoldingRow([(card(lines, "Error by month"), 2), (card(roc, "ROC curves"), 1)]),
        FoldingRow(
            [
                (card(bars, "MAE by month"), 1),
                (card(cloud, "Predicted against actual"), 1),
                (card(dense, "Dense"), 1),
            ]
        ),
        FoldingRow(
            [(card(drives, "What drives it"), 1), (card(confusion, "Confusion"), 1), (card(heat, "Drift"), 2)]
        ),
        FoldingRow([(card(strip, "Split"), 1), (card(drift, "tenure"), 1), (card(band, "Estimate"), 1)]),
    )


def main() -> None:
    app = make_application(sys.argv[:1], "dark" if "dark" in sys.argv else "light")
    page = charts()
    width, height = (int(n) for n in (sys.argv[3] if len(sys.argv) > 3 else "1200x1100").split("x"))
    page.resize(width, height)
    page.show()
    if len(sys.argv) > 2:
        page.grab()
        page.widget().grab().save(sys.argv[2])
    else:
        app.exec()


if __name__ == "__main__":
    main()

import subprocess
import sys
import threading

from mlops_desktop.gui.application import LOG_FILE, set_up_logging, watch_exceptions

HEAVY = ("numpy", "pandas", "pyarrow", "duckdb", "sklearn", "pyqtgraph")
PROGRAM = """
import sys
from mlops_desktop.gui.application import make_application
from mlops_desktop.gui.main_window import MainWindow
from mlops_desktop.gui.charts.line_chart import LineChart
from mlops_desktop.gui.charts.scatter_chart import ScatterChart
from mlops_desktop.gui.charts.painted import BarChart, Bar
from mlops_desktop.gui.widgets.paged_table import PagedTable
app = make_application(["test"])
bars = BarChart("a"); bars.show_bars([Bar("b", 1.0)]); bars.show(); bars.grab()
print(sorted(set(sys.modules) & set(%r)))
"""


def test_nothing_heavy_is_loaded_before_the_first_line():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM % (HEAVY,)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_what_nobody_caught_is_shown_and_logged(qtbot, caplog):
    seen = []
    undo = watch_exceptions(seen.append)
    error = ValueError("lost")
    sys.excepthook(ValueError, error, None)
    qtbot.waitUntil(lambda: seen == [error])
    undo()
    assert "nobody caught this" in caplog.text


def test_an_exception_of_a_thread_is_shown_on_the_gui_thread(qtbot, caplog):
    seen = []
    undo = watch_exceptions(lambda error: seen.append((str(error), threading.current_thread())))
    thread = threading.Thread(target=lambda: [].pop())
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(seen))
    undo()
    assert seen == [("pop from empty list", threading.main_thread())]


def test_the_log_is_a_file(tmp_path):
    import logging

    root = logging.getLogger()
    before = list(root.handlers)
    path = set_up_logging(tmp_path / "logs")
    logging.getLogger("mlops_desktop.test").warning("written")
    added = [h for h in root.handlers if h not in before]
    for handler in added:
        root.removeHandler(handler)
        handler.close()
    assert path.name == LOG_FILE
    assert "written" in path.read_text()

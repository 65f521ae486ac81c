"""The Qt application: look, logging, and where an unexpected exception goes.

Use it so::

    app = make_application(sys.argv, choice="system")
    window = MainWindow(session, sections, registry)
    watch_exceptions(window.show_error)
    window.show()
    sys.exit(app.exec())

Nothing here imports numpy, pandas, pyarrow or duckdb: the window paints before anything heavy is loaded.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from mlops_desktop.gui.theme import SchemeChoice, install_theme

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")

LOG_FILE = "window.log"
_LOG_BYTES = 2_000_000
_LOG_FILES = 5
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_HARMLESS = ("does not support propagateSizeHints",)
"""What Qt says for each window on a platform without a screen; not worth a line."""


def make_application(
    argv: Sequence[str],
    choice: SchemeChoice = "system",
    scale: float = 1.0,
    log_dir: Path | None = None,
) -> QApplication:
    """The application with its look, its log and its name.

    Parameters
    ----------
    argv : sequence of str
        Command line; Qt takes its own options from it.
    choice, scale
        Scheme and scale of the look.
    log_dir : Path, optional
        Folder of the rotating log; None writes none.
    """
    if log_dir is not None:
        set_up_logging(log_dir)
    qInstallMessageHandler(_on_qt_message)
    QCoreApplication.setOrganizationName("MLOps Desktop")
    QCoreApplication.setApplicationName("MLOps Desktop")
    QGuiApplication.setDesktopFileName("mlops-desktop")
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(list(argv))
    install_theme(app, choice, scale)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return app


def set_up_logging(log_dir: Path) -> Path:
    """Log to a rotating file (5 of 2 MB) in `log_dir`; returns the file."""
    from logging.handlers import RotatingFileHandler  # here: it imports socket and more

    log_dir.mkdir(parents=True, exist_ok=True)
    logging.raiseExceptions = False  # a line that a full disk has no room for is lost, and nothing more
    handler = RotatingFileHandler(
        log_dir / LOG_FILE, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES - 1, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return log_dir / LOG_FILE


class _Exceptions(QObject):
    """Brings exceptions of any thread to the GUI thread."""

    raised = Signal(object)


def watch_exceptions(show: Callable[[BaseException], object]) -> Callable[[], None]:
    """Log what nobody caught and hand it to `show` on the GUI thread; returns what takes this back."""
    bridge = _Exceptions()
    bridge.raised.connect(show, Qt.ConnectionType.QueuedConnection)
    old_hook, old_thread_hook = sys.excepthook, threading.excepthook

    def on_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            old_hook(kind, error, trace)
            return
        _log.error("nobody caught this", exc_info=(kind, error, trace))
        bridge.raised.emit(error)

    def on_thread_exception(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    def undo() -> None:
        sys.excepthook, threading.excepthook = old_hook, old_thread_hook
        bridge.deleteLater()

    sys.excepthook = on_exception
    threading.excepthook = on_thread_exception
    return undo


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if not any(harmless in message for harmless in _HARMLESS):
        _qt_log.log(_LEVELS.get(kind, logging.WARNING), message)

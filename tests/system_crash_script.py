"""Publishes FOLDER/target (``new``), to be killed at a crash point by MLOPS_CRASH_AT."""

import sys
from pathlib import Path

from mlops_desktop.system import write_bytes

write_bytes(Path(sys.argv[1]) / "target", b"new")

"""The operating system as a value, so that a test can run the branch of another one."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal


@dataclass(frozen=True)
class Platform:
    """The system we run on, and its calls that a test replaces.

    Attributes
    ----------
    name : str
        ``linux``, ``darwin`` or ``windows``.
    replace, fsync, pause : callable
        `os.replace`, `os.fsync` and `time.sleep`.
    """

    name: Literal["linux", "darwin", "windows"]
    replace: Callable[[Path, Path], None] = os.replace
    fsync: Callable[[int], None] = os.fsync
    pause: Callable[[float], None] = time.sleep

    @property
    def is_windows(self) -> bool:
        """Whether this is Windows."""
        return self.name == "windows"


def platform_named(sys_platform: str) -> Platform:
    """The `Platform` for a value of `sys.platform`; every other Unix counts as Linux."""
    if sys_platform.startswith("win"):
        return Platform("windows")
    return Platform("darwin") if sys_platform == "darwin" else Platform("linux")


HERE: Final = platform_named(sys.platform)
